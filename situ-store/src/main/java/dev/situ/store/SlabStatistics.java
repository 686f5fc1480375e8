package dev.situ.store;

/// The slabs of one class of sizes, at about one moment.
///
/// @param cellBytes the bytes of one cell
/// @param slabs how many slabs the class has
/// @param allocatedBytes their bytes
/// @param usedCells cells that hold a record, live, claimed or in limbo; or a bucket of the index
public record SlabStatistics(int cellBytes, int slabs, long allocatedBytes, long usedCells) {
    /// The part of the slabs' bytes that no cell in use covers: 0 to 1.
    public double fragmentation() {
        return allocatedBytes == 0 ? 0 : 1 - (double) usedCells * cellBytes / allocatedBytes;
    }
}
