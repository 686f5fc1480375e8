package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.Spliterator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OptiMapTest {
    private OptiMap<Integer, String> map = new OptiMap<>();

    /// A key of which all have the same hash code.
    private record Same(int number) {
        @Override
        public int hashCode() {
            return 7;
        }
    }

    @AfterEach
    void structureIsSound() {
        Invariants.check(map);
    }

    @Test
    void aMapGrowsFromOneBucketToManyKeys() {
        map = new OptiMap<>(OptiMapOptions.startingWith(1));
        for (int i = 0; i < 20_000; i++) {
            assertThat(map.put(i, "v" + i)).isNull();
            assertThat(map.get(i / 2)).isEqualTo("v" + i / 2);
        }
        assertThat(map.buckets().length).isBetween(16_384, 65_536);
        assertThat(map).hasSize(20_000);
        for (int i = 0; i < 20_000; i += 2) {
            assertThat(map.remove(i)).isEqualTo("v" + i);
        }
        assertThat(map).hasSize(10_000);
    }

    @Test
    void aFixedMapKeepsItsBuckets() {
        map = new OptiMap<>(OptiMapOptions.fixed(8));
        for (int i = 0; i < 2000; i++) {
            map.put(i, "v" + i);
        }
        assertThat(map.buckets()).hasSize(8);
        assertThat(map.table().growth).isNull();
        assertThat(map.get(1999)).isEqualTo("v1999");
    }

    @Test
    void optionsRoundUpToAPowerOfTwoAndRefuseNonsense() {
        assertThat(OptiMapOptions.fixed(1).buckets()).isEqualTo(1);
        assertThat(OptiMapOptions.fixed(2).buckets()).isEqualTo(2);
        assertThat(OptiMapOptions.fixed(3).buckets()).isEqualTo(4);
        assertThat(OptiMapOptions.startingWith(OptiMapOptions.MAX_BUCKETS).buckets())
                .isEqualTo(OptiMapOptions.MAX_BUCKETS);
        assertThatIllegalArgumentException().isThrownBy(() -> OptiMapOptions.fixed(0));
        assertThatIllegalArgumentException().isThrownBy(() -> OptiMapOptions.fixed(OptiMapOptions.MAX_BUCKETS + 1));
    }

    @Test
    void keysWithOneHashCodeAreKeptApart() {
        OptiMap<Same, Integer> same = new OptiMap<>();
        for (int i = 0; i < 200; i++) {
            same.put(new Same(i), i);
        }
        for (int i = 0; i < 200; i += 2) {
            assertThat(same.remove(new Same(i))).isEqualTo(i);
        }
        for (int i = 0; i < 200; i++) {
            assertThat(same.get(new Same(i))).isEqualTo(i % 2 == 0 ? null : i);
        }
        Invariants.check(same);
    }

    @Test
    void randomOperationsDoWhatAHashMapDoes() {
        long seed = Long.getLong("situ.seed", System.nanoTime());
        Random random = new Random(seed);
        map = new OptiMap<>(OptiMapOptions.startingWith(1));
        Map<Integer, String> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            int key = random.nextInt(1 + i / 50);
            String value = "v" + random.nextInt(4);
            String other = "v" + random.nextInt(4);
            String what = "operation %d, seed %d".formatted(i, seed);
            switch (random.nextInt(10)) {
                case 0, 1 -> assertThat(map.put(key, value)).as(what).isEqualTo(model.put(key, value));
                case 2 -> assertThat(map.remove(key)).as(what).isEqualTo(model.remove(key));
                case 3 -> assertThat(map.remove(key, value)).as(what).isEqualTo(model.remove(key, value));
                case 4 ->
                    assertThat(map.replace(key, value, other)).as(what).isEqualTo(model.replace(key, value, other));
                case 5 -> assertThat(map.putIfAbsent(key, value)).as(what).isEqualTo(model.putIfAbsent(key, value));
                case 6 ->
                    assertThat(map.compute(key, (k, v) -> v == null ? value : v.equals(other) ? null : v + k))
                            .as(what)
                            .isEqualTo(
                                    model.compute(key, (k, v) -> v == null ? value : v.equals(other) ? null : v + k));
                case 7 ->
                    assertThat(map.merge(key, value, (a, b) -> a.equals(b) ? null : b))
                            .as(what)
                            .isEqualTo(model.merge(key, value, (a, b) -> a.equals(b) ? null : b));
                case 8 ->
                    assertThat(map.computeIfPresent(key, (_, v) -> v.equals(value) ? null : other))
                            .as(what)
                            .isEqualTo(model.computeIfPresent(key, (_, v) -> v.equals(value) ? null : other));
                default ->
                    assertThat(map.computeIfAbsent(key, k -> k % 3 == 0 ? null : value))
                            .as(what)
                            .isEqualTo(model.computeIfAbsent(key, k -> k % 3 == 0 ? null : value));
            }
        }
        assertThat(map).isEqualTo(model).hasSameHashCodeAs(model).hasSize(model.size());
    }

    @Test
    void nullIsNeitherAKeyNorAValue() {
        assertThatNullPointerException().isThrownBy(() -> map.get(null));
        assertThatNullPointerException().isThrownBy(() -> map.put(null, "a"));
        assertThatNullPointerException().isThrownBy(() -> map.put(1, null));
        assertThatNullPointerException().isThrownBy(() -> map.putIfAbsent(1, null));
        assertThatNullPointerException().isThrownBy(() -> map.replace(1, null));
        assertThatNullPointerException().isThrownBy(() -> map.remove(null));
        assertThatNullPointerException().isThrownBy(() -> map.containsValue(null));
        assertThatNullPointerException().isThrownBy(() -> map.merge(1, null, (a, _) -> a));
        assertThatNullPointerException().isThrownBy(() -> map.compute(1, null));
        assertThat(map.remove(1, null)).isFalse();
        assertThat(map).isEmpty();
    }

    @Test
    void aFunctionMayUseTheMapEvenItsOwnKey() {
        map.put(1, "a");
        assertThat(map.compute(1, (key, value) -> {
                    if (value.equals("a")) {
                        map.put(key, "b");
                        map.put(2, "other");
                    }
                    return value + "!";
                }))
                .as("the function is called again with the value that it put itself")
                .isEqualTo("b!");
        assertThat(map.computeIfAbsent(3, key -> map.computeIfAbsent(key, _ -> "inner") + " outer"))
                .isEqualTo("inner");
        assertThat(map).containsOnly(Map.entry(1, "b!"), Map.entry(2, "other"), Map.entry(3, "inner"));
    }

    @Test
    void aFunctionIsNotCalledAgainBecauseAnotherKeyOfTheBucketChanged() {
        map = new OptiMap<>(OptiMapOptions.fixed(1));
        map.put(1, "a");
        List<String> calls = new ArrayList<>();
        map.compute(1, (_, value) -> {
            calls.add(value);
            map.put(2, "other");
            map.remove(2);
            return "b";
        });
        assertThat(calls).containsExactly("a");
    }

    @Test
    void aFunctionThatThrowsChangesNothing() {
        map.put(1, "a");
        RuntimeException failure = new RuntimeException("no");
        assertThatThrownBy(() -> map.compute(1, (_, _) -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> map.computeIfAbsent(2, _ -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(map).containsOnly(Map.entry(1, "a"));
    }

    @Test
    void aKeyThatWasRemovedAndPutAgainIsNewToThoseWhoHeldTheOldOne() {
        map.put(1, "a");
        Iterator<Map.Entry<Integer, String>> entries = map.entrySet().iterator();
        Map.Entry<Integer, String> entry = entries.next();
        map.remove(1);
        map.put(1, "b");
        assertThat(entry.getValue()).isEqualTo("a");
        entries.remove();
        assertThat(map).as("only what the iterator gave is removed").containsOnly(Map.entry(1, "b"));
    }

    @Test
    void anIterationSeesEachKeyOnceHoweverOftenTheMapGrowsMeanwhile() {
        map = new OptiMap<>(OptiMapOptions.startingWith(4));
        Set<Integer> first = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            map.put(i * 31, "first");
            first.add(i * 31);
        }
        List<Integer> seen = new ArrayList<>();
        int next = 1_000_000;
        for (Integer key : map.keySet()) {
            seen.add(key);
            for (int i = 0; i < 500 && next < 1_010_000; i++) {
                map.put(next++, "later");
            }
        }
        assertThat(seen).doesNotHaveDuplicates().containsAll(first);
    }

    @Test
    void anEntrysSetValueWritesThrough() {
        map.put(1, "a");
        for (Map.Entry<Integer, String> entry : map.entrySet()) {
            assertThat(entry.setValue("b")).isEqualTo("a");
            assertThat(entry.getValue()).isEqualTo("b");
        }
        assertThat(map.get(1)).isEqualTo("b");
    }

    @Test
    void viewsCanBeStreamedInParallelAndAreNotSized() {
        IntStream.range(0, 10_000).forEach(i -> map.put(i, "v"));
        assertThat(map.keySet().parallelStream().mapToInt(i -> i).sum())
                .isEqualTo(IntStream.range(0, 10_000).sum());
        assertThat(map.entrySet().spliterator().hasCharacteristics(Spliterator.SIZED))
                .isFalse();
        assertThat(map.values().stream().distinct()).containsExactly("v");
    }

    @Test
    void replaceAllAndClearReachEveryKey() {
        IntStream.range(0, 1000).forEach(i -> map.put(i, "v"));
        map.replaceAll((key, value) -> value + key);
        assertThat(map.get(999)).isEqualTo("v999");
        map.clear();
        assertThat(map).isEmpty();
        assertThat(map.put(999, "again")).isNull();
    }

    @Test
    void aCopyHasTheContentOfItsSource() {
        Map<Integer, String> source = Map.of(1, "a", 2, "b");
        assertThat(new OptiMap<>(source)).isEqualTo(source).hasToString(new OptiMap<>(source).toString());
    }
}
