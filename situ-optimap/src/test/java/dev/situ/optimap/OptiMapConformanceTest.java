package dev.situ.optimap;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import junit.framework.TestCase;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Guava's conformance suite for concurrent maps, on maps of all shapes; some thousand tests.
class OptiMapConformanceTest {
    @TestFactory
    Stream<DynamicTest> aMapThatGrowsFromOneBucketIsAConcurrentMap() {
        return suite("growing from 1", OptiMapOptions.startingWith(1));
    }

    @TestFactory
    Stream<DynamicTest> aMapOfOneBucketForEverIsAConcurrentMap() {
        return suite("one bucket", OptiMapOptions.fixed(1));
    }

    @TestFactory
    Stream<DynamicTest> aMapWithRoomIsAConcurrentMap() {
        return suite("with room", OptiMapOptions.DEFAULT);
    }

    private static Stream<DynamicTest> suite(String name, OptiMapOptions options) {
        TestSuite suite = ConcurrentMapTestSuiteBuilder.using(new TestStringMapGenerator() {
                    @Override
                    protected Map<String, String> create(Map.Entry<String, String>[] entries) {
                        Map<String, String> map = new OptiMap<>(options);
                        for (Map.Entry<String, String> entry : entries) {
                            map.put(entry.getKey(), entry.getValue());
                        }
                        return map;
                    }
                })
                .named(name)
                .withFeatures(
                        MapFeature.GENERAL_PURPOSE, CollectionFeature.SUPPORTS_ITERATOR_REMOVE, CollectionSize.ANY)
                .createTestSuite();
        List<DynamicTest> tests = new ArrayList<>();
        collect(suite, tests);
        return tests.stream();
    }

    private static void collect(TestSuite suite, List<DynamicTest> tests) {
        for (junit.framework.Test test : Collections.list(suite.tests())) {
            switch (test) {
                case TestSuite inner -> collect(inner, tests);
                case TestCase single ->
                    tests.add(DynamicTest.dynamicTest(suite.getName() + " " + single.getName(), () -> run(single)));
                default -> throw new AssertionError(test);
            }
        }
    }

    private static void run(TestCase test) {
        TestResult result = new TestResult();
        test.run(result);
        Stream.concat(Collections.list(result.errors()).stream(), Collections.list(result.failures()).stream())
                .findFirst()
                .ifPresent(failure -> {
                    throw new AssertionError(failure.toString(), failure.thrownException());
                });
    }
}
