package dev.situ.kv;

import dev.situ.memory.BufferSource;
import dev.situ.memory.SliceLender;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/// Requests that come in packets whose buffers may be kept. Buffers are overwritten when the last reference goes.
final class PacketRequests implements BufferSource, SliceLender {
    static final int PACKET_BYTES = 2048;

    private static final int BUFFERS = 2048;

    private final MemorySegment memory = Arena.ofAuto().allocate((long) BUFFERS * PACKET_BYTES);
    private final int[] references = new int[BUFFERS];
    private final SliceList request = new SliceList();
    private int[] packets = {};
    boolean isShort;

    /// Sends a request in packets of random sizes, one for each char a byte, and gives the whole reply.
    byte[] send(Server server, Server.Connection connection, byte[] bytes, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        arrive(bytes, random);
        server.worker.enter();
        for (int i = 0; i < request.size(); i++) {
            StreamStatus status = connection.stream.feed(request, i, connection.reply);
            connection.drain(out);
            while (status == StreamStatus.MORE) {
                status = connection.stream.resume(connection.reply);
                connection.drain(out);
            }
        }
        server.worker.exit();
        for (int packet : packets) {
            release(packet);
        }
        return out.toByteArray();
    }

    private void arrive(byte[] bytes, Random random) {
        request.clear();
        request.setLender(this);
        int[] taken = new int[bytes.length + 1];
        int count = 0;
        for (int at = 0; at < bytes.length; count++) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? PACKET_BYTES : 40));
            int buffer = take();
            taken[count] = buffer;
            long offset = (long) buffer * PACKET_BYTES + random.nextInt(PACKET_BYTES - length + 1);
            Words.copyFrom(bytes, at, memory, offset, length);
            request.add(memory, offset, length, SliceList.NO_OWNER);
            at += length;
        }
        packets = java.util.Arrays.copyOf(taken, count);
    }

    private int take() {
        for (int i = 0; i < BUFFERS; i++) {
            if (references[i] == 0) {
                references[i] = 1;
                return i;
            }
        }
        throw new AssertionError("no buffer left");
    }

    int outstanding() {
        int held = 0;
        for (int count : references) {
            held += count > 0 ? 1 : 0;
        }
        return held;
    }

    @Override
    public BufferSource source() {
        return this;
    }

    @Override
    public long keep(int slice) {
        retain(packets[slice]);
        return packets[slice];
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long heldBytes(long buffer) {
        return PACKET_BYTES;
    }

    @Override
    public void retain(long buffer) {
        references[(int) buffer]++;
    }

    @Override
    public void release(long buffer) {
        if (--references[(int) buffer] < 0) {
            throw new AssertionError("released too often: " + buffer);
        }
        if (references[(int) buffer] == 0) {
            memory.asSlice(buffer * PACKET_BYTES, PACKET_BYTES).fill((byte) 0xEE);
        }
    }

    @Override
    public boolean isShort() {
        return isShort;
    }
}
