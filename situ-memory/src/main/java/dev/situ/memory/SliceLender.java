package dev.situ.memory;

/// Who lent the slices of a [SliceList], if they may be kept longer than they were lent: the buffers behind them are
/// reference-counted.
///
/// Confined to the thread that was given the list, until control returns to whoever filled it.
public interface SliceLender {
    /// What [#keep] gives when a slice cannot be kept.
    long NOT_KEPT = -1;

    /// Where the buffers come from.
    BufferSource source();

    /// Keeps the buffer behind a slice. The bytes may lie elsewhere afterwards: read the list again. The list stays
    /// readable as long as it was lent for, even if what was kept is released before that.
    ///
    /// @param slice an index of the list
    /// @return a reference to the buffer, the caller's, for [BufferSource#release]; or [#NOT_KEPT]: buffers are
    ///     short
    long keep(int slice);
}
