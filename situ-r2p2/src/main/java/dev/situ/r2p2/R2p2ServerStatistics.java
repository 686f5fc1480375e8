package dev.situ.r2p2;

/// Counts of an [R2p2Server] since its start, over all queues.
///
/// @param executed requests that the handler was called with
/// @param responsePackets packets of responses sent
/// @param acks first packets of longer requests acknowledged
/// @param refused requests answered with a DROP
/// @param tooLarge responses that were larger than may be sent, and were replaced
/// @param feedbacks packets sent to the router
/// @param unsent packets that the stack had no room for
/// @param replaced unfinished requests given up for a new first packet of their key
/// @param timedOut unfinished requests given up because they took too long
/// @param outOfBuffers unfinished requests given up because the stack had no buffer to keep a packet in
/// @param unfinished unfinished requests now
/// @param unfinishedBytes the bytes that those have announced
/// @param dropped packets that were ignored, by reason
public record R2p2ServerStatistics(
        long executed,
        long responsePackets,
        long acks,
        long refused,
        long tooLarge,
        long feedbacks,
        long unsent,
        long replaced,
        long timedOut,
        long outOfBuffers,
        long unfinished,
        long unfinishedBytes,
        Dropped dropped) {
    /// Packets that were ignored, by reason.
    ///
    /// @param foreign from a peer outside 127.0.0.0/8, which is not served
    /// @param tooShort shorter than a header
    /// @param badMagic not the first byte of an R2P2 packet
    /// @param badHeaderSize a header of another size than 8
    /// @param badType a type that the format does not have
    /// @param badFlags a flag that the format does not have
    /// @param badPayload more payload than a packet may carry
    /// @param badOrder a count or index that does not fit the flags or the message
    /// @param unexpectedType not a request
    /// @param orphans of a request whose first packet is not here
    /// @param duplicates here before
    public record Dropped(
            long foreign,
            long tooShort,
            long badMagic,
            long badHeaderSize,
            long badType,
            long badFlags,
            long badPayload,
            long badOrder,
            long unexpectedType,
            long orphans,
            long duplicates) {
        /// All of them.
        public long total() {
            return foreign + malformed() + unexpectedType + orphans + duplicates;
        }

        /// Those that no correct client sends.
        public long malformed() {
            return tooShort + badMagic + badHeaderSize + badType + badFlags + badPayload + badOrder;
        }
    }
}
