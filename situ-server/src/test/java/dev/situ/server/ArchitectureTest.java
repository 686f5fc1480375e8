package dev.situ.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the arrows of `docs/design/architecture.md`: a module knows only those before it.
class ArchitectureTest {
    private static final List<String> ROOMS = List.of(
            "memory", "optimap", "store", "packet", "udp", "socket", "dpdk", "r2p2", "resp", "kv", "tcp", "client",
            "server");

    private static final JavaClasses SITU = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.situ");

    @Test
    void everyRoomIsLookedAt() {
        for (String room : ROOMS) {
            if (!room.equals("optimap")) { // the server does not use it
                assertThat(SITU.containPackage("dev.situ." + room)).as(room).isTrue();
            }
        }
    }

    @Test
    void arrowsOnlyPointBack() {
        for (int i = 0; i < ROOMS.size() - 1; i++) {
            String[] later = ROOMS.subList(i + 1, ROOMS.size()).stream()
                    .map(room -> "dev.situ." + room + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.situ." + ROOMS.get(i) + "..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(later))
                    .allowEmptyShould(true)
                    .check(SITU);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"store", "kv", "tcp"})
    void theRoomsOfTheStoreKnowNoDatagrams(String room) {
        keepApart(room, "packet", "udp", "socket", "r2p2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"packet", "udp", "socket", "r2p2"})
    void theRoomsOfDatagramsKnowNoStoreAndNoCommands(String room) {
        keepApart(room, "store", "resp", "kv");
    }

    @Test
    void theCodecKnowsNoStore() {
        keepApart("resp", "store");
    }

    @Test
    void theClientKnowsNoServer() {
        keepApart("client", "store", "kv", "tcp");
    }

    @Test
    void onlyWordsUsesVarHandlesOnMemory() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.situ.memory.Words")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "a VarHandle reaches into a MemorySegment",
                        call -> call.getTargetOwner().isAssignableTo(VarHandle.class)
                                && call.getTarget().getRawParameterTypes().stream()
                                        .anyMatch(type -> type.isEquivalentTo(MemorySegment.class))))
                .because("modes on memory are named in one place")
                .check(SITU);
    }

    @Test
    void memoryThatThreadsShareLasts() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.situ.memory.LastingArena")
                // One reads the pcap file that it has open; a large block is given back by who holds it; DPDK frees a
                // pool.
                .and()
                .doNotHaveSimpleName("PcapReader")
                .and()
                .doNotHaveSimpleName("ClientMemory")
                .and()
                .doNotHaveSimpleName("Mempool")
                .should()
                .callMethod(Arena.class, "ofShared")
                .because("Words does not ask whether memory is alive")
                .check(SITU);
    }

    @Test
    void nothingReachesIntoTheJdk() {
        classes()
                .that()
                .resideInAPackage("dev.situ..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("sun..", "jdk.internal..")
                .check(SITU);
    }

    private static void keepApart(String room, String... others) {
        String[] packages = new String[others.length];
        for (int i = 0; i < others.length; i++) {
            packages[i] = "dev.situ." + others[i] + "..";
        }
        noClasses()
                .that()
                .resideInAPackage("dev.situ." + room + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages))
                .check(SITU);
    }
}
