package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AtomicBoxTest {
    @Test
    void replacingReturnsTheNewValueAndLeavesOldVersionsAlone() {
        AtomicBox<List<Integer>> box = new AtomicBox<>(List.of(1));
        List<Integer> old = box.get();
        assertThat(box.replaceWith(
                        list -> Stream.concat(list.stream(), Stream.of(2)).toList()))
                .containsExactly(1, 2);
        assertThat(box.get()).containsExactly(1, 2);
        assertThat(old).containsExactly(1);
        assertThat(box).hasToString("AtomicBox[[1, 2]]");
    }

    @Test
    void noReplacementIsLostAmongThreads() throws InterruptedException {
        AtomicBox<Integer> box = new AtomicBox<>(0);
        Runnable count = () -> {
            for (int i = 0; i < 50_000; i++) {
                box.replaceWith(n -> n + 1);
            }
        };
        Threads.runTogether(Collections.nCopies(4, count));
        assertThat(box.get()).isEqualTo(200_000);
    }

    @Test
    void aReplacementMadeMeanwhileIsSeenByTheFunctionThatIsCalledAgain() {
        AtomicBox<String> box = new AtomicBox<>("a");
        assertThat(box.replaceWith(value -> {
                    if (value.equals("a")) {
                        box.replaceWith(_ -> "b");
                    }
                    return value + "!";
                }))
                .isEqualTo("b!");
    }

    @Test
    void aFunctionThatThrowsOrGivesNullChangesNothing() {
        AtomicBox<String> box = new AtomicBox<>("a");
        assertThatThrownBy(() -> box.replaceWith(_ -> {
                    throw new IllegalArgumentException("no");
                }))
                .hasMessage("no");
        assertThatNullPointerException().isThrownBy(() -> box.replaceWith(_ -> null));
        assertThatNullPointerException().isThrownBy(() -> new AtomicBox<>(null));
        assertThat(box.get()).isEqualTo("a");
    }
}
