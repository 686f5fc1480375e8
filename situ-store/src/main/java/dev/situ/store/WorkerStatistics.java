package dev.situ.store;

/// What one worker holds back, at about one moment: to see which one is stuck, or never sleeps as it should.
///
/// @param name the name that it was registered with
/// @param epochsBehind how many epochs ago it entered the one that it is in; 0 if it is in none. What was
///     retired since waits for it; a number that keeps growing means that it is stuck inside
/// @param limboRecords records that it retired and that are not free yet
/// @param limboBytes bytes of these
public record WorkerStatistics(String name, long epochsBehind, long limboRecords, long limboBytes) {}
