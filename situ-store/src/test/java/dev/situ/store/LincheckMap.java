package dev.situ.store;

import java.util.HashMap;
import java.util.Map;

/// What the operations of [LincheckStore] do, one after the other: the specification.
public class LincheckMap {
    private final Map<Integer, Integer> map = new HashMap<>(Map.of(1, 1, 2, 2));

    public int get(int thread, int key) {
        return map.getOrDefault(key, 0);
    }

    public void put(int thread, int key, int value) {
        map.put(key, value);
    }

    public boolean putIfAbsent(int thread, int key, int value) {
        return map.putIfAbsent(key, value) == null;
    }

    public boolean putIfPresent(int thread, int key, int value) {
        return map.replace(key, value) != null;
    }

    public boolean delete(int thread, int key) {
        return map.remove(key) != null;
    }

    public int add(int thread, int key, int value) {
        return map.merge(key, value, Integer::sum);
    }

    public int removeEven(int thread, int key) {
        int value = get(thread, key);
        if (value % 2 == 0) {
            map.remove(key);
        }
        return value;
    }

    public void clear(int thread) {
        map.clear();
    }
}
