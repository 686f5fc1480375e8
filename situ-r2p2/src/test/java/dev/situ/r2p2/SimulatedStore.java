package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The handler of a simulation: answers each request with bytes that follow from the request, remembers every
/// execution, and owns part of what it answers. What it owns is overwritten as soon as nobody may read it any more.
///
/// ```
///   request    client (4)   call (4)   length of the response (4)   filling that follows from client and call
/// ```
final class SimulatedStore implements RequestHandler, ResponseOwners {
    static final int HEAD = 12;
    private static final byte GONE = (byte) 0xDD;

    /// How often each call was executed, over all servers of the simulation.
    private final Map<Long, Integer> executions;

    private final Map<Long, MemorySegment> owned = new HashMap<>();
    private final Map<Long, Integer> pins = new HashMap<>();
    private final List<Long> ofThisBurst = new ArrayList<>();
    private long lastOwner;
    private int refuseOneIn;
    private final Random random;

    SimulatedStore(Map<Long, Integer> executions, Random random) {
        this.executions = executions;
        this.random = random;
    }

    void refuse(int oneIn) {
        refuseOneIn = oneIn;
    }

    static byte[] request(int client, int call, int length, int responseLength) {
        byte[] bytes = filling(client, call, length);
        MemorySegment memory = MemorySegment.ofArray(bytes);
        Words.setInt(memory, 0, client);
        Words.setInt(memory, 4, call);
        Words.setInt(memory, 8, responseLength);
        return bytes;
    }

    static byte[] response(int client, int call, int length) {
        return filling(client + 77, call, length);
    }

    private static byte[] filling(int client, int call, int length) {
        byte[] bytes = new byte[length];
        new Random(client * 1_000_003L + call).nextBytes(bytes);
        return bytes;
    }

    static long key(int client, int call) {
        return (long) client << 32 | call;
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        MemorySegment all = MemorySegment.ofArray(new byte[(int) request.length()]);
        request.copyTo(all, 0);
        int client = Words.getInt(all, 0);
        int call = Words.getInt(all, 4);
        int length = Words.getInt(all, 8);
        assertThat(all.mismatch(MemorySegment.ofArray(request(client, call, (int) all.byteSize(), length))))
                .as("first wrong byte of request %d of client %d", call, client)
                .isEqualTo(-1);
        if (refuseOneIn > 0 && random.nextInt(refuseOneIn) == 0) {
            return RequestStatus.REFUSE;
        }
        executions.merge(key(client, call), 1, Integer::sum);
        answer(response(client, call, length), response);
        return RequestStatus.REPLY;
    }

    private void answer(byte[] bytes, SliceList response) {
        int at = 0;
        while (at < bytes.length) {
            boolean owns = random.nextInt(3) > 0;
            int run = Math.min(bytes.length - at, 1 + random.nextInt(owns ? 40_000 : 3_000));
            MemorySegment memory = MemorySegment.ofArray(java.util.Arrays.copyOfRange(bytes, at, at + run));
            long owner = SliceList.NO_OWNER;
            if (owns) {
                owner = ++lastOwner;
                owned.put(owner, memory);
                ofThisBurst.add(owner);
            } else {
                scratch.add(memory);
            }
            response.add(memory, 0, run, owner);
            at += run;
        }
    }

    private final List<MemorySegment> scratch = new ArrayList<>();

    @Override
    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
        response.add(MemorySegment.ofArray(new byte[] {'-'}), 0, 1, SliceList.NO_OWNER);
        return RequestStatus.REPLY;
    }

    @Override
    public void pin(int queue, long owner) {
        assertThat(ofThisBurst).as("owners that may be pinned").contains(owner);
        pins.merge(owner, 1, Integer::sum);
    }

    @Override
    public void unpin(int queue, long owner) {
        int left = pins.merge(owner, -1, Integer::sum);
        assertThat(left).as("pins of %d", owner).isNotNegative();
        if (left == 0) {
            pins.remove(owner);
            overwrite(owner);
        }
    }

    /// What is not pinned may not be read any more.
    void burstEnds() {
        for (long owner : ofThisBurst) {
            if (!pins.containsKey(owner)) {
                overwrite(owner);
            }
        }
        ofThisBurst.clear();
        scratch.forEach(memory -> memory.fill(GONE));
        scratch.clear();
    }

    private void overwrite(long owner) {
        MemorySegment memory = owned.remove(owner);
        assertThat(memory).as("owner %d", owner).isNotNull();
        memory.fill(GONE);
    }

    int pinned() {
        return pins.size();
    }
}
