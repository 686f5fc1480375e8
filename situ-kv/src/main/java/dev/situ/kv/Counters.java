package dev.situ.kv;

/// What one executor has done: written by its thread with plain stores, read by others at any time, who may see
/// figures that are a moment old.
final class Counters {
    long commands;
    long hits;
    long misses;

    void add(Counters other) {
        commands += other.commands;
        hits += other.hits;
        misses += other.misses;
    }
}
