package dev.situ.bench.frame;

import java.util.Map;
import java.util.TreeMap;

/// What a value is of.
///
/// @param system what was measured
/// @param metric what of it
/// @param params what else it depends on, sorted, so that a file looks the same every time
public record SampleKey(String system, String metric, Map<String, Object> params) {
    /// Copies and sorts the parameters.
    public SampleKey {
        params = new TreeMap<>(params);
    }
}
