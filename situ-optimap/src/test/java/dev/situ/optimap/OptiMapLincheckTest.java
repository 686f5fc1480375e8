package dev.situ.optimap;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// Lincheck's model checker on a map that starts with one bucket, so that every insert grows it: it runs the
/// operations under many chosen interleavings of their shared accesses, and checks each outcome for
/// linearizability.
@Param(name = "key", gen = IntGen.class, conf = "1:4")
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class OptiMapLincheckTest {
    private final OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.startingWith(1));

    @Operation
    public Integer get(@Param(name = "key") int key) {
        return map.get(key);
    }

    @Operation
    public Integer put(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.put(key, value);
    }

    @Operation
    public Integer putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.putIfAbsent(key, value);
    }

    @Operation
    public Integer remove(@Param(name = "key") int key) {
        return map.remove(key);
    }

    @Operation
    public Integer merge(@Param(name = "key") int key, @Param(name = "value") int value) {
        return map.merge(key, value, (old, added) -> old == 1 ? null : old + added);
    }

    @Test
    void everyInterleavingThatWasTriedIsLinearizable() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("situ.lincheck.iterations", 3))
                .invocationsPerIteration(150)
                .check(getClass());
    }
}
