package dev.situ.client;

import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What the client's thread does: start what others have submitted, receive, end what is over time, and sleep when
/// there is nothing to do.
///
/// All calls that wait are started before anything is sent, so that they leave as few packets of the kernel.
///
/// **Sleeping and waking.** Before it sleeps, the thread sets `asleep` and then looks for submissions once more;
/// who submits pushes first and looks at `asleep` then. Both are volatile, so at least one sees the other. Only who
/// turns `asleep` off makes the system call that wakes.
final class IoLoop implements Runnable {
    private static final System.Logger LOG = System.getLogger("dev.situ.client");
    private static final long LONGEST_SLEEP_NANOS = 1_000_000_000;
    private static final int MOST_BLOCKED = 1 << 20;

    private final UdpQueue queue;
    private final UdpSender sender;
    private final Protocol protocol;
    private final ClientIo io;
    private final int spins;
    private final int maxWaiting;
    private final WhenFull whenFull;
    private final Runnable onEnd;
    private final SubmissionQueue submissions = new SubmissionQueue();
    /// Who submits takes one; it is given back when the submission is started.
    private final Semaphore room;

    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean closing;
    private volatile boolean ended;

    /// Submissions that were taken and not yet started, the oldest first.
    private @Nullable Submission backlog;

    /// @param onEnd runs on the thread when the loop has ended
    IoLoop(UdpQueue queue, Protocol protocol, ClientIo io, SituClientOptions options, Runnable onEnd) {
        this.queue = queue;
        this.sender = queue.sender();
        this.protocol = protocol;
        this.io = io;
        this.spins = options.spins();
        this.maxWaiting = options.maxWaiting();
        this.whenFull = options.whenFull();
        this.room = new Semaphore(maxWaiting);
        this.onEnd = onEnd;
    }

    /// Hands something to the thread. Any thread may call it.
    void submit(Submission submission) {
        if (closing) {
            submission.fail(new SituException.Closed());
            return;
        }
        if (!takeRoom(submission)) {
            return;
        }
        submissions.push(submission);
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            wake();
        }
        if (ended) {
            failSubmissions();
        }
    }

    /// Takes a place among those that wait, or fails the submission.
    private boolean takeRoom(Submission submission) {
        if (room.tryAcquire()) {
            return true;
        }
        if (whenFull == WhenFull.FAIL || io.isOwner()) {
            submission.fail(new SituException.Overloaded(maxWaiting + " calls wait already; nothing was sent"));
            return false;
        }
        try {
            room.acquire();
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            submission.fail(new SituException.Interrupted());
            return false;
        }
    }

    /// Makes the loop end. Any thread may call it.
    void close() {
        closing = true;
        wake();
    }

    /// Under a lock, so that the queue is not closed meanwhile.
    private synchronized void wake() {
        if (!ended) {
            queue.wakeup();
        }
    }

    @Override
    public void run() {
        io.confine();
        try {
            int idle = 0;
            while (!closing) {
                idle = round() ? 0 : idle + 1;
                if (idle > spins) {
                    sleep();
                }
            }
        } finally {
            end();
        }
    }

    /// @return whether there was something to do
    private boolean round() {
        try {
            long now = io.tick();
            boolean started = startAll(now);
            return queue.poll() > 0 || started;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a task or completion on the client's thread threw", e);
            return true;
        } finally {
            tick();
        }
    }

    private void tick() {
        try {
            protocol.tick(sender);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a completion on the client's thread threw", e);
        }
    }

    private boolean startAll(long now) {
        if (backlog == null) {
            backlog = submissions.takeAll();
        }
        if (backlog == null) {
            sender.flush(); // what completions have started
            return false;
        }
        int started = 0;
        protocol.beginCalls();
        try {
            while (backlog != null) {
                Submission first = backlog;
                backlog = first.next; // before it starts: one that throws must not be started again
                started++;
                if (first.expired(now)) {
                    first.fail(new SituException.TimedOut());
                } else if (!first.start(io)) {
                    backlog = first;
                    started--;
                    break;
                }
            }
        } finally {
            protocol.endCalls(sender);
            room.release(started);
            sender.flush();
        }
        return started > 0;
    }

    private void sleep() {
        long delay = Math.min(protocol.delay(), LONGEST_SLEEP_NANOS);
        asleep.set(true);
        if ((submissions.isEmpty() || backlog != null) && !closing) {
            sender.flush();
            queue.await(delay);
        }
        asleep.set(false);
    }

    private void end() {
        closing = true;
        protocol.close();
        for (Submission left = backlog; left != null; ) {
            Submission after = left.next;
            left.fail(new SituException.Closed());
            left = after;
        }
        backlog = null;
        synchronized (this) {
            ended = true;
        }
        failSubmissions();
        room.release(MOST_BLOCKED); // whoever waits for room learns that the client is closed
        onEnd.run();
    }

    private synchronized void failSubmissions() {
        for (Submission left = submissions.takeAll(); left != null; ) {
            Submission after = left.next;
            left.fail(new SituException.Closed());
            left = after;
        }
    }
}
