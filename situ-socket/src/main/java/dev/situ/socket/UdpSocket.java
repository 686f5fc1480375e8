package dev.situ.socket;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.BindException;

/// One kernel UDP socket, with the options that a [SocketUdpStack] sets. Made, bound and closed by the control
/// thread; its descriptor is used by the poller.
final class UdpSocket {
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MEMINFO = 55;
    private static final int MEMINFO_BYTES = 36;
    private static final int MEMINFO_DROPS = 32;
    private static final int VALUE_BYTES = 64;
    private static final int LENGTH_AT = 56;

    private final MemorySegment errno = KernelCalls.newErrno();
    private final MemorySegment value = Arena.ofAuto().allocate(VALUE_BYTES, Long.BYTES);
    private final int fd;
    private int receiveBytes;
    private boolean closed;
    private long lastDrops;

    /// Opens a socket that does not block.
    ///
    /// @throws IOException if the system refuses
    UdpSocket() throws IOException {
        fd = KernelCalls.socket(errno, SockaddrIn.AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("cannot open a UDP socket: errno " + KernelCalls.errno(errno));
        }
    }

    int fd() {
        return fd;
    }

    /// Asks for kernel queues of these sizes: beyond the system's limits where the process may, as near as it
    /// gets else.
    void setBuffers(int receiveBytes, int sendBytes) {
        if (!setOption(SOL_SOCKET, SO_RCVBUFFORCE, receiveBytes)) {
            setOption(SOL_SOCKET, SO_RCVBUF, receiveBytes);
        }
        this.receiveBytes = getOption(SOL_SOCKET, SO_RCVBUF, Integer.BYTES) ? Words.getInt(value, 0) : 0;
        if (!setOption(SOL_SOCKET, SO_SNDBUFFORCE, sendBytes)) {
            setOption(SOL_SOCKET, SO_SNDBUF, sendBytes);
        }
    }

    /// The receive buffer that the kernel gave: twice what was asked for, or less. Any thread may call it.
    int receiveBytes() {
        return receiveBytes;
    }

    /// Lets later sockets of the same user share the port. Allowed after [#bind], too: the first socket of a port
    /// binds without it, so that a port which anyone else holds is found out.
    void sharePort() throws IOException {
        if (!setOption(SOL_SOCKET, SO_REUSEPORT, 1)) {
            throw new IOException("cannot share a UDP port: errno " + KernelCalls.errno(errno));
        }
    }

    /// Switches `UDP_GRO` on, and says whether the kernel has it (5.0).
    boolean enableGro() {
        return setOption(ControlMessage.SOL_UDP, ControlMessage.UDP_GRO, 1);
    }

    /// Says whether the kernel has `UDP_SEGMENT` (4.18).
    boolean hasGso() {
        return setOption(ControlMessage.SOL_UDP, ControlMessage.UDP_SEGMENT, 0);
    }

    /// Binds the socket.
    ///
    /// @param local a [PeerAddress]; port 0 takes a free one
    /// @return what was bound
    /// @throws BindException with the reason, if the port is taken, forbidden, or the address is not this
    ///         machine's
    long bind(long local) throws BindException {
        SockaddrIn.set(value, 0, local);
        if (KernelCalls.bind(errno, fd, value.address(), SockaddrIn.BYTES) != 0) {
            throw new BindException(refusal(local, KernelCalls.errno(errno)));
        }
        Words.setInt(value, LENGTH_AT, SockaddrIn.BYTES);
        if (KernelCalls.getsockname(errno, fd, value.address(), value.address() + LENGTH_AT) != 0) {
            throw new BindException("cannot read the bound address: errno " + KernelCalls.errno(errno));
        }
        return SockaddrIn.peer(value, 0);
    }

    private static String refusal(long local, int errno) {
        String address = PeerAddress.toString(local);
        return switch (errno) {
            case Errno.EADDRINUSE -> "UDP port is in use: " + address;
            case Errno.EADDRNOTAVAIL -> "not an address of this machine: " + address;
            case Errno.EACCES -> "no permission to bind UDP port " + address;
            default -> "cannot bind UDP port " + address + ": errno " + errno;
        };
    }

    /// How many datagrams the kernel dropped because the socket's queue was full. Any thread may call it.
    synchronized long kernelDrops() {
        if (!closed) {
            if (getOption(SOL_SOCKET, SO_MEMINFO, MEMINFO_BYTES)) {
                lastDrops = Integer.toUnsignedLong(Words.getInt(value, MEMINFO_DROPS));
            }
        }
        return lastDrops;
    }

    synchronized void close() {
        if (!closed) {
            kernelDrops();
            closed = true;
            KernelCalls.close(errno, fd);
        }
    }

    private synchronized boolean setOption(int level, int name, int number) {
        Words.setInt(value, 0, number);
        return KernelCalls.setsockopt(errno, fd, level, name, value.address(), Integer.BYTES) == 0;
    }

    /// Reads an option into [#value].
    private synchronized boolean getOption(int level, int name, int bytes) {
        Words.setInt(value, LENGTH_AT, bytes);
        return KernelCalls.getsockopt(errno, fd, level, name, value.address(), value.address() + LENGTH_AT) == 0;
    }
}
