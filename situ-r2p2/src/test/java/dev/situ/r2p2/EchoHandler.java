package dev.situ.r2p2;

import dev.situ.memory.SliceLender;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Answers with the request's bytes, refuses on demand, and remembers what it was called with.
final class EchoHandler implements RequestHandler {
    private final Arena arena = Arena.ofAuto();
    final List<byte[]> requests = new ArrayList<>();
    final List<Integer> queues = new ArrayList<>();
    /// What was announced.
    final List<byte[]> announced = new ArrayList<>();
    /// How many were announced when a request was handled, for each.
    final List<Integer> ahead = new ArrayList<>();
    boolean refuse;
    /// Whether requests of one packet are answered briefly, if they may be.
    boolean briefly;
    private byte[] promised = {};
    boolean owned;
    /// If not negative, answers with this many bytes instead.
    int answer = -1;

    @Override
    public boolean wantsAnnouncements(int queue) {
        return true;
    }

    @Override
    public void announce(int queue, SliceList payloads) {
        for (int i = 0; i < payloads.size(); i++) {
            byte[] bytes = new byte[payloads.length(i)];
            Words.copyTo(payloads.memory(i), payloads.offset(i), bytes, 0, bytes.length);
            announced.add(bytes);
        }
    }

    @Override
    public int brief(int queue, long peer, MemorySegment memory, long offset, int length, int mostBytes) {
        if (!briefly || length > mostBytes) {
            return NOT_BRIEF;
        }
        promised = new byte[length];
        Words.copyTo(memory, offset, promised, 0, length);
        return length;
    }

    @Override
    public void writeBrief(int queue, MemorySegment to, long offset) {
        Words.copyFrom(promised, 0, to, offset, promised.length);
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        queues.add(queue);
        ahead.add(announced.size());
        keepAndReleaseAtOnce(request);
        int length = (int) request.length();
        MemorySegment all = arena.allocate(Math.max(1, length));
        request.copyTo(all, 0);
        byte[] bytes = new byte[length];
        Words.copyTo(all, 0, bytes, 0, length);
        requests.add(bytes);
        if (refuse) {
            return RequestStatus.REFUSE;
        }
        if (answer >= 0) {
            response.add(arena.allocate(Math.max(1, answer)), 0, answer, 7);
        } else {
            response.add(all, 0, length, owned ? 7 : SliceList.NO_OWNER);
        }
        return RequestStatus.REPLY;
    }

    /// Who keeps a packet may think better of it; the request must stay readable.
    private static void keepAndReleaseAtOnce(SliceList request) {
        SliceLender lender = request.lender();
        for (int i = 0; lender != null && i < request.size(); i++) {
            long buffer = lender.keep(i);
            if (buffer != SliceLender.NOT_KEPT) {
                lender.source().release(buffer);
            }
        }
    }

    @Override
    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
        byte[] text =
                ("-ERR " + length + " is over " + limit + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        MemorySegment memory = arena.allocate(text.length);
        Words.copyFrom(text, 0, memory, 0, text.length);
        response.add(memory, 0, text.length, SliceList.NO_OWNER);
        return RequestStatus.REPLY;
    }
}
