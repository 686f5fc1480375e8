package dev.situ.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A socket on the loop's io_uring, without a channel of Netty.
///
/// At most one receive and one send are in the ring. A receive waits in the kernel for its bytes, with its
/// memory, so a request costs one completion; its reply and the next receive are submitted together, by the one
/// system call that the loop makes for all its connections.
///
/// ```
///   RECV completes -> commands run -> SEND and RECV prepared ... all connections ... -> one io_uring_enter
/// ```
///
/// Memory that an operation names belongs to the kernel until its completion has come: closing cancels what is in
/// flight, and everything is given back after the last completion.
///
/// Confined to the loop's thread.
final class RingWire implements Wire, IoUringIoHandle {
    // linux/io_uring.h
    private static final byte OP_WRITEV = 2;
    private static final byte OP_ASYNC_CANCEL = 14;
    private static final byte OP_SEND = 26;
    private static final byte OP_RECV = 27;
    // asm-generic/errno.h, negated as completions give them
    private static final int EINTR = -4;
    private static final int EAGAIN = -11;
    private static final int EINVAL = -22;
    private static final int ECANCELED = -125;
    // flag of a completed receive: there is more; priority of a receive: do not even try before the socket is
    // readable
    private static final int CQE_F_SOCK_NONEMPTY = 1 << 2;
    private static final short RECVSEND_POLL_FIRST = 1;
    // linux/socket.h
    private static final int MSG_NOSIGNAL = 0x4000;

    private final Connection connection;
    private final Channel accepted;
    private final int fd;
    private final ArrayDeque<ByteBuf> toSend = new ArrayDeque<>(4);
    private @Nullable IoRegistration registration;
    private @Nullable IoVectors vectors;

    private @Nullable ByteBuf receiving;
    private boolean sending;
    private long receiveId;
    private long sendId;
    private int filled; // the bytes of the last receive, if it got as many as there was room for
    private boolean emptied;
    private boolean pollFirstRefused; // by a kernel before 5.19
    private @Nullable IoUringIoOps receive; // the last one: mostly the next is the same
    private long receiveAddress;
    private int receiveLength;
    private short receivePriority;
    private boolean closing;
    private boolean closed;

    private RingWire(Connection connection, Channel accepted) {
        this.connection = connection;
        this.accepted = accepted;
        this.fd = ((UnixChannel) accepted).fd().intValue();
    }

    /// Begins a connection over the socket of `accepted`, a channel that is registered nowhere. On the loop's
    /// thread.
    static void open(TcpLoop loop, Channel accepted) {
        Connection connection = new Connection(loop, new TcpPeer(loop, accepted));
        RingWire wire = new RingWire(connection, accepted);
        ((IoEventLoop) loop.eventLoop).register(wire).addListener(done -> {
            if (done.isSuccess()) {
                wire.registration = (IoRegistration) done.getNow();
                connection.opened(wire);
            } else {
                accepted.unsafe().closeForcibly();
                connection.closed();
            }
        });
    }

    // ---- what the connection asks ---------------------------------------------------------------------------------

    @Override
    public void read() {
        if (receiving != null || closing) {
            return;
        }
        ByteBuf into = connection.input().next(filled);
        receiving = into;
        receiveId = registration().submit(receive(into.memoryAddress(), into.writableBytes()));
    }

    @Override
    public void write(ByteBuf bytes) {
        if (closed) {
            bytes.release();
        } else {
            toSend.addLast(bytes);
        }
    }

    @Override
    public void flush() {
        if (sending || closing || toSend.isEmpty()) {
            return;
        }
        sending = true;
        ByteBuf first = toSend.getFirst();
        if (toSend.size() == 1) {
            sendId = submit(OP_SEND, first.memoryAddress() + first.readerIndex(), first.readableBytes(), MSG_NOSIGNAL);
        } else {
            if (vectors == null) {
                vectors = new IoVectors();
            }
            int count = vectors.fill(toSend);
            sendId = submit(OP_WRITEV, vectors.address(), count, 0);
        }
    }

    @Override
    public void shutdownOutput() {
        try {
            ((Socket) ((UnixChannel) accepted).fd()).shutdown(false, true);
        } catch (IOException | RuntimeException clientIsGone) {
            close();
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        if (receiving != null) {
            submit(OP_ASYNC_CANCEL, receiveId, 0, 0);
        }
        if (sending) {
            submit(OP_ASYNC_CANCEL, sendId, 0, 0);
        }
        closeIfIdle();
    }

    // ---- what the ring tells --------------------------------------------------------------------------------------

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event;
        try {
            switch (completion.opcode()) {
                case OP_RECV -> received(completion.res(), completion.flags());
                case OP_SEND, OP_WRITEV -> sent(completion.res());
                default -> {} // a cancellation: what it cancelled tells the rest
            }
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    private void received(int result, int flags) {
        ByteBuf bytes = receiving;
        receiving = null;
        if (bytes == null) {
            throw new IllegalStateException("a receive completed twice");
        }
        if (closing || result <= 0) {
            bytes.release();
            nothingReceived(result);
            return;
        }
        filled = result == bytes.writableBytes() ? result : 0;
        emptied = (flags & CQE_F_SOCK_NONEMPTY) == 0;
        bytes.writerIndex(bytes.writerIndex() + result);
        connection.received(bytes);
        connection.roundComplete();
    }

    private void nothingReceived(int result) {
        if (closing) {
            closeIfIdle();
        } else if (result == 0) {
            connection.inputEnded();
        } else if (result == EAGAIN || result == EINTR) {
            read();
        } else if (result == EINVAL && receivePriority != 0) {
            pollFirstRefused = true;
            read();
        } else {
            connection.failed(Errors.newIOException("recv", result));
        }
    }

    private void sent(int result) {
        sending = false;
        if (result > 0) {
            release(result);
        } else if (result != EAGAIN && result != EINTR && result != ECANCELED && !closing) {
            connection.failed(Errors.newIOException("send", result));
        }
        if (closing) {
            closeIfIdle();
        } else {
            flush();
        }
    }

    /// Gives back the buffers whose bytes are sent.
    private void release(int bytes) {
        int left = bytes;
        while (left > 0) {
            ByteBuf first = toSend.getFirst();
            int some = first.readableBytes();
            if (some > left) {
                first.skipBytes(left);
                return;
            }
            left -= some;
            toSend.removeFirst();
            first.release();
        }
    }

    // ---- inside ---------------------------------------------------------------------------------------------------

    private IoUringIoOps receive(long address, int length) {
        IoUringIoOps last = receive;
        short priority = emptied && !pollFirstRefused ? RECVSEND_POLL_FIRST : 0;
        if (last != null && receiveAddress == address && receiveLength == length && receivePriority == priority) {
            return last;
        }
        receiveAddress = address;
        receiveLength = length;
        receivePriority = priority;
        IoUringIoOps next = operation(OP_RECV, priority, address, length, 0);
        receive = next;
        return next;
    }

    private long submit(byte code, long address, int length, int flags) {
        return registration().submit(operation(code, (short) 0, address, length, flags));
    }

    private IoUringIoOps operation(byte code, short priority, long address, int length, int flags) {
        int target = code == OP_ASYNC_CANCEL ? -1 : fd;
        return new IoUringIoOps(
                code, (byte) 0, priority, target, 0, address, length, flags, (long) code, (short) 0, (short) 0, 0, 0);
    }

    private IoRegistration registration() {
        IoRegistration known = registration;
        if (known == null) {
            throw new IllegalStateException("not registered yet");
        }
        return known;
    }

    /// Ends it all once the kernel holds nothing.
    private void closeIfIdle() {
        if (closed || receiving != null || sending) {
            return;
        }
        closed = true;
        accepted.unsafe().closeForcibly();
        while (!toSend.isEmpty()) {
            toSend.removeFirst().release();
        }
        if (vectors != null) {
            vectors.close();
        }
        connection.closed();
        if (registration != null) {
            registration.cancel();
        }
    }
}
