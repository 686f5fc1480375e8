package dev.situ.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/// Tells a channel of Netty what to read into, and how often it reads in one round of the loop: some times only,
/// so that a client which never stops sending leaves room for the others.
///
/// Confined to the loop's thread.
final class ChannelReads implements RecvByteBufAllocator {
    private static final int READS_A_ROUND = 4;

    private final Connection connection;

    ChannelReads(Connection connection) {
        this.connection = connection;
    }

    @Override
    @SuppressWarnings("deprecation")
    public Handle newHandle() {
        return new Round(connection);
    }

    /// The reads of one round.
    private static final class Round implements ExtendedHandle {
        private final Connection connection;
        private int reads;
        private int attempted;
        private int received;

        Round(Connection connection) {
            this.connection = connection;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator unused) {
            return connection.input().next();
        }

        @Override
        public int guess() {
            return LoopBuffers.BUFFER_BYTES;
        }

        @Override
        public void reset(ChannelConfig unused) {
            reads = 0;
            attempted = 0;
            received = 0;
        }

        @Override
        public void incMessagesRead(int messages) {
            reads += messages;
        }

        @Override
        public void lastBytesRead(int bytes) {
            received = bytes;
        }

        @Override
        public int lastBytesRead() {
            return received;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return mayContinue() && received == attempted;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier moreMayCome) {
            return mayContinue() && moreMayCome.get();
        }

        @Override
        public void readComplete() {}

        private boolean mayContinue() {
            return reads < READS_A_ROUND && connection.wantsInput();
        }
    }
}
