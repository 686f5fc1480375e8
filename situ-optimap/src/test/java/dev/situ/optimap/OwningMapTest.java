package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwningMapTest {
    private final List<Resource> all = new ArrayList<>();
    private final OwningMap<String, Resource> map = new OwningMap<>(Resource::close);

    private Resource resource(String name) {
        Resource resource = new Resource(name);
        all.add(resource);
        return resource;
    }

    private Resource put(String key, String name) {
        Resource resource = resource(name);
        map.put(key, resource);
        return resource;
    }

    @AfterEach
    void everyValueIsClosedExactlyOnceInTheEnd() {
        map.close();
        assertThat(all).allSatisfy(resource -> assertThat(resource.closed()).isEqualTo(1));
        assertThat(map.unclosed()).isZero();
    }

    @Test
    void aValueIsClosedWhenItIsRemovedAndNotHeld() {
        Resource a = put("k", "a");
        assertThat(map.remove("k")).isTrue();
        assertThat(a.isOpen()).isFalse();
        assertThat(map.remove("k")).isFalse();
    }

    @Test
    void aValueIsClosedWhenItIsReplacedAndNotHeld() {
        Resource a = put("k", "a");
        Resource b = resource("b");
        assertThat(map.put("k", b)).isTrue();
        assertThat(a.isOpen()).isFalse();
        assertThat(b.isOpen()).isTrue();
    }

    @Test
    void aHeldValueOutlivesItsRemovalAndTheMap() {
        Resource a = put("k", "a");
        try (ValueHolder<Resource> holder = map.hold("k")) {
            map.remove("k");
            map.close();
            assertThat(holder.value()).isSameAs(a);
            assertThat(a.isOpen()).isTrue();
            assertThat(map.unclosed()).isOne();
        }
        assertThat(a.isOpen()).isFalse();
    }

    @Test
    void theLastOfSeveralHoldersCloses() {
        Resource a = put("k", "a");
        ValueHolder<Resource> one = map.hold("k");
        ValueHolder<Resource> two = one.share();
        map.remove("k");
        one.close();
        assertThat(two.value().isOpen()).isTrue();
        two.close();
        assertThat(a.isOpen()).isFalse();
    }

    @Test
    void closingAHolderTwiceGivesBackOneHold() {
        Resource a = put("k", "a");
        ValueHolder<Resource> holder = map.hold("k");
        holder.close();
        holder.close();
        assertThat(a.isOpen()).isTrue();
        assertThatIllegalStateException().isThrownBy(holder::value);
        assertThatIllegalStateException().isThrownBy(holder::share);
        assertThatIllegalStateException().isThrownBy(() -> map.remove("k", holder));
    }

    @Test
    void anAbsentKeyHasNoHolder() {
        try (ValueHolder<Resource> holder = map.hold("k")) {
            assertThat(holder).isNull();
        }
        assertThat(map.take("k")).isNull();
        assertThat(map.<String>read("k", Resource::name)).isNull();
        assertThat(map.containsKey("k")).isFalse();
    }

    @Test
    void aValueIsHeldWhileAFunctionReadsIt() {
        Resource a = put("k", "a");
        assertThat(map.<String>read("k", value -> {
                    map.remove("k");
                    assertThat(value.isOpen()).isTrue();
                    return value.name();
                }))
                .isEqualTo("a");
        assertThat(a.isOpen()).isFalse();
    }

    @Test
    void aFunctionThatThrowsGivesItsHoldBack() {
        Resource a = put("k", "a");
        RuntimeException failure = new RuntimeException("no");
        assertThatThrownBy(() -> map.read("k", _ -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> map.update("k", (_, _) -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> map.forEach((_, _) -> {
                    throw failure;
                }))
                .isSameAs(failure);
        map.remove("k");
        assertThat(a.isOpen()).isFalse();
    }

    @Test
    void aValueThatIsNotTakenUpIsClosedAtOnce() {
        Resource a = put("k", "a");
        Resource b = resource("b");
        assertThat(map.putIfAbsent("k", b)).isFalse();
        assertThat(b.isOpen()).isFalse();
        Resource c = resource("c");
        assertThat(map.replace("absent", c)).isFalse();
        assertThat(c.isOpen()).isFalse();
        assertThat(a.isOpen()).isTrue();
        assertThat(map.putIfAbsent("other", resource("d"))).isTrue();
        assertThat(map.replace("k", resource("e"))).isTrue();
        assertThat(a.isOpen()).isFalse();
    }

    @Test
    void aValueIsStillTheCallersIfTheMethodThrows() {
        Resource a = new Resource("a");
        assertThatNullPointerException().isThrownBy(() -> map.put(null, a));
        OwningMap<Object, Resource> bad = new OwningMap<>(Resource::close);
        Object key = new Object() {
            @Override
            public int hashCode() {
                throw new IllegalStateException("bad key");
            }
        };
        assertThatIllegalStateException().isThrownBy(() -> bad.put(key, a));
        assertThat(a.isOpen()).isTrue();
        assertThat(bad.unclosed()).isZero();
    }

    @Test
    void takingHandsTheValueOver() {
        Resource a = put("k", "a");
        try (ValueHolder<Resource> holder = map.take("k")) {
            assertThat(map.containsKey("k")).isFalse();
            assertThat(holder.value()).isSameAs(a);
            assertThat(a.isOpen()).isTrue();
        }
        assertThat(a.isOpen()).isFalse();
    }

    @Test
    void replacingAndRemovingCanBeMadeToDependOnTheValueThatIsHeld() {
        put("k", "a");
        try (ValueHolder<Resource> a = map.hold("k")) {
            assertThat(map.replace("k", a, resource("b"))).isTrue();
            Resource c = resource("c");
            assertThat(map.replace("k", a, c)).isFalse();
            assertThat(c.isOpen()).isFalse();
            assertThat(map.remove("k", a)).isFalse();
            assertThat(a.value().isOpen()).isTrue();
        }
        try (ValueHolder<Resource> b = map.hold("k")) {
            assertThat(map.remove("k", b)).isTrue();
            assertThat(b.value().isOpen()).isTrue();
        }
        assertThat(map.isEmpty()).isTrue();
    }

    @Test
    void aValueIsMadeOnlyIfThereIsNone() {
        try (ValueHolder<Resource> made = map.holdOrPut("k", this::resource);
                ValueHolder<Resource> found = map.holdOrPut("k", _ -> resource("never"))) {
            assertThat(found.value()).isSameAs(made.value());
        }
        assertThat(all).hasSize(1);
    }

    @Test
    void aValueMadeInVainIsClosed() {
        try (ValueHolder<Resource> holder = map.holdOrPut("k", _ -> {
            put("k", "faster");
            return resource("slower");
        })) {
            assertThat(holder.value().name()).isEqualTo("faster");
        }
        assertThat(all.get(1).isOpen()).isFalse();
    }

    @Test
    void anUpdateIsRetriedWithTheNewValueAndItsFirstResultClosed() {
        put("k", "a");
        map.update("k", (_, value) -> {
            if (value.name().equals("a")) {
                put("k", "b");
            }
            assertThat(value.isOpen()).as("held, though replaced").isTrue();
            return resource(value.name() + "!");
        });
        assertThat(map.<String>read("k", Resource::name)).isEqualTo("b!");
        assertThat(all).filteredOn(Resource::isOpen).hasSize(1);
    }

    @Test
    void anUpdateInsertsKeepsAndRemoves() {
        map.update("k", (_, value) -> value == null ? resource("a") : null);
        map.update("k", (_, value) -> value);
        assertThat(map.<Boolean>read("k", Resource::isOpen)).isTrue();
        map.update("k", (_, _) -> null);
        assertThat(map.containsKey("k")).isFalse();
        map.update("k", (_, value) -> value);
        assertThat(map.size()).isZero();
    }

    @Test
    void everyValueIsVisitedWhileItIsHeld() {
        put("k", "a");
        put("l", "b");
        List<String> names = new ArrayList<>();
        map.forEach((key, value) -> {
            map.clear();
            names.add(key + value.name());
            assertThat(value.isOpen()).isTrue();
        });
        assertThat(names).hasSize(1);
        assertThat(map.keySet()).isEmpty();
    }

    @Test
    void theKeysCanBeSeenButNotChanged() {
        put("k", "a");
        assertThat(map.keySet()).containsExactly("k");
        assertThatThrownBy(() -> map.keySet().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatIsGivenToAClosedMapIsClosedAtOnce() {
        map.close();
        assertThat(put("k", "a").isOpen()).isFalse();
        try (ValueHolder<Resource> holder = map.holdOrPut("k", this::resource)) {
            assertThat(holder.value().isOpen()).isTrue();
        }
        assertThat(map.isEmpty()).isTrue();
    }

    @Test
    void aCloserThatThrowsIsReportedAndHarmsNothing() throws InterruptedException {
        AtomicReference<Throwable> reported = new AtomicReference<>();
        AtomicReference<Boolean> removed = new AtomicReference<>();
        OwningMap<String, AutoCloseable> bad = OwningMap.ofCloseables();
        Thread thread = Thread.ofPlatform()
                .uncaughtExceptionHandler((_, failure) -> reported.set(failure))
                .start(() -> {
                    bad.put("k", () -> {
                        throw new java.io.IOException("disk gone");
                    });
                    removed.set(bad.remove("k"));
                });
        thread.join();
        assertThat(reported.get()).hasRootCauseMessage("disk gone");
        assertThat(removed.get()).isTrue();
        assertThat(bad.unclosed()).isZero();
    }

    @Test
    void aValueWithACountOfItsOwnMayBeGivenOnceForEachCount() {
        Resource shared = new Resource("shared");
        OwningMap<String, Resource> counted = new OwningMap<>(Resource::close);
        counted.put("k", shared);
        counted.put("k", shared);
        counted.put("l", shared);
        counted.close();
        assertThat(shared.closed()).isEqualTo(3);
    }
}
