package dev.situ.bench.load;

import dev.situ.bench.frame.Schedule;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Sends the requests of a [Workload] over a [Link]: at a fixed rate whatever comes back (open loop), or as many as
/// there are slots (closed loop). Confined to one thread, which calls [#step] in a loop that never sleeps.
///
/// In an open loop a latency counts from the moment at which the request was due. A request that cannot be sent,
/// because every slot is taken or the link has no room, stays due.
///
/// ```
///   schedule ──▶ slot ──▶ request ──▶ link ──▶ server
///                 ▲                              │
///                 └── freed, latency recorded ◀──┘
/// ```
public final class LoadLoop implements Link.Answers, AutoCloseable {
    /// So many requests at most are sent between two turns of the link: then answers have to be looked for.
    private static final int MOST_A_TURN = 64;

    /// So many requests are under way at most while keys are stored.
    private static final int MOST_TO_FILL = 64;

    /// After so many steps in vain another thread that waits for this processor gets it. Where none waits, that
    /// costs less than a microsecond.
    private static final int IDLE_STEPS = 50;

    private static final int NOTHING = -1;

    private final Link link;
    private final Workload workload;
    private final Ranks ranks;
    private final Requests requests;
    private final Inserted inserted;
    private final SplittableRandom random;
    private final Tally tally = new Tally();

    private final long[] due;
    private final long[] keys;
    private final Operation[] operations;
    private final int[] free;
    private int freeCount;
    /// Slots whose value was read and is to be written now.
    private final int[] toWrite;

    private int toWriteCount;

    /// The slot of a request that is written but that the link had no room for.
    private int refused = NOTHING;

    private Schedule schedule = new Schedule(0, 0);
    private long number;
    private long limit;
    private int most;
    private int idle;

    /// @param link *consumed*
    /// @param slots the most requests under way
    /// @param thread,threads which of how many loops of one load this is: each inserts keys of its own
    public LoadLoop(Link link, Workload workload, int slots, int thread, int threads) {
        this.link = link;
        this.workload = workload;
        ranks = workload.ranks();
        requests = new Requests(link.dialect(), workload.keySizes(), slots);
        inserted = new Inserted(workload.keys(), thread, threads);
        random = new SplittableRandom(42 + thread);
        due = new long[slots];
        keys = new long[slots];
        operations = new Operation[slots];
        Arrays.fill(operations, Operation.GET);
        toWrite = new int[slots];
        free = new int[slots];
        Arrays.setAll(free, i -> slots - 1 - i);
        freeCount = slots;
    }

    /// What was sent and answered.
    public Tally tally() {
        return tally;
    }

    /// Requests that were sent and have not ended.
    public int underWay() {
        return free.length - freeCount - (refused == NOTHING ? 0 : 1);
    }

    /// Begins: an open loop if the schedule has a rate, else a closed one.
    ///
    /// @param limit after how many requests no further one is sent
    public void begin(Schedule schedule, long limit) {
        begin(schedule, limit, due.length);
    }

    /// Begins, with fewer requests under way than there are slots.
    ///
    /// @param most how many
    public void begin(Schedule schedule, long limit, int most) {
        this.schedule = schedule;
        this.most = most;
        this.limit = limit;
        number = 0;
    }

    /// Whether as many requests as the limit says were sent, and all have ended.
    public boolean isDone() {
        return number >= limit && underWay() == 0;
    }

    /// Throws if a request has not had the reply that it was sent for.
    ///
    /// @throws IllegalStateException that says how many
    public void requireNoErrors() {
        long errors = tally.answered(Answer.ERROR);
        long failed = tally.answered(Answer.FAILED);
        long missing = workload.mix().share(Operation.DELETE) == 0 ? tally.answered(Answer.NOTHING) : 0;
        if (errors + failed + missing > 0) {
            throw new IllegalStateException(
                    errors + " error replies, " + failed + " failed, " + missing + " keys were not there");
        }
    }

    /// Sends nothing more.
    ///
    /// @return requests that were due and not sent
    public long end() {
        long late = 0;
        if (schedule.isOpen()) {
            long now = System.nanoTime();
            long all = (long) ((now - schedule.beginNanos()) * schedule.perSecond() / 1e9);
            late = Math.max(0, Math.min(all, limit) - number);
        }
        limit = number;
        return late;
    }

    /// Stores the keys whose numbers leave `thread` when divided by `threads`, some under way.
    ///
    /// @throws IllegalStateException if one cannot be stored
    public void fill(int thread, int threads) {
        long next = thread;
        while (next < workload.keys() || underWay() > 0) {
            while (next < workload.keys() && freeCount > 0 && underWay() < MOST_TO_FILL) {
                int slot = free[freeCount - 1];
                requests.set(next, workload.valueSizes().next(random), slot);
                if (!link.send(requests.memory(), requests.length(), slot)) {
                    break;
                }
                freeCount--;
                next += threads;
            }
            link.turn((slot, answer) -> {
                if (answer != Answer.DONE) {
                    throw new IllegalStateException("a key was not stored: " + answer);
                }
                free[freeCount++] = slot;
            });
        }
    }

    /// Sends what is due and receives what has come.
    ///
    /// @return whether there was anything
    public boolean step() {
        long now = System.nanoTime();
        int sent = 0;
        int before = freeCount + toWriteCount;
        while (toWriteCount > 0 && sent < MOST_A_TURN && write(toWrite[toWriteCount - 1])) {
            toWriteCount--;
            sent++;
        }
        while (sent < MOST_A_TURN && number < limit && isDue(now) && start(now)) {
            number++;
            sent++;
        }
        link.turn(this);
        return sent > 0 || freeCount + toWriteCount != before;
    }

    /// The same, for a thread that does nothing else: lets others have the processor when there is nothing to do.
    @SuppressWarnings("ThreadPriorityCheck") // a hint for machines with fewer processors than pollers, nothing more
    public void stepOrYield() {
        if (step()) {
            idle = 0;
        } else if (++idle > IDLE_STEPS) {
            idle = 0;
            Thread.yield();
        }
    }

    private boolean isDue(long now) {
        return !schedule.isOpen() || schedule.due(number) - now <= 0;
    }

    /// @return false if nothing can be sent now
    private boolean start(long now) {
        int slot = refused;
        if (slot == NOTHING) {
            if (freeCount == 0 || underWay() >= most) {
                return false;
            }
            slot = free[--freeCount];
            choose(slot);
        }
        encode(slot);
        if (!link.send(requests.memory(), requests.length(), slot)) {
            refused = slot;
            return false;
        }
        refused = NOTHING;
        due[slot] = schedule.isOpen() ? schedule.due(number) : now;
        tally.sent(now - due[slot]);
        return true;
    }

    private void choose(int slot) {
        Operation operation = workload.mix().next(random);
        operations[slot] = operation;
        if (operation == Operation.INSERT) {
            keys[slot] = inserted.next();
        } else {
            long rank = ranks.next(random);
            keys[slot] = workload.latest() ? inserted.latest(rank) : rank;
        }
    }

    private void encode(int slot) {
        switch (operations[slot]) {
            case GET, RMW -> requests.get(keys[slot]);
            case DELETE -> requests.delete(keys[slot]);
            case SET, INSERT -> requests.set(keys[slot], workload.valueSizes().next(random), slot);
        }
    }

    /// The second half of a read-modify-write.
    private boolean write(int slot) {
        requests.set(keys[slot], workload.valueSizes().next(random), slot);
        if (!link.send(requests.memory(), requests.length(), slot)) {
            return false;
        }
        operations[slot] = Operation.SET;
        return true;
    }

    @Override
    public void answered(int slot, Answer answer) {
        if (operations[slot] == Operation.RMW && (answer == Answer.VALUE || answer == Answer.NOTHING)) {
            toWrite[toWriteCount++] = slot;
            return;
        }
        if (operations[slot] == Operation.INSERT) {
            inserted.answered(keys[slot]);
        }
        tally.answered(answer, System.nanoTime() - due[slot]);
        free[freeCount++] = slot;
    }

    @Override
    public void close() {
        link.close();
        requests.close();
    }
}
