package dev.situ.kv;

import dev.situ.kv.pubsub.Channels;
import dev.situ.kv.tracking.TrackingMode;
import dev.situ.resp.ArgumentBudget;
import dev.situ.store.Store;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What all executors of a server share: the store, the commands, the server around them. Safe for all threads.
public final class Keyspace {
    /// The version of Redis whose behaviour this is, for clients that ask.
    public static final String REDIS_VERSION = "7.0.15";

    private static final int RUN_ID_BYTES = 20;
    private static final long MAX_ARGUMENT_BYTES = 32 << 20;

    private final Store store;
    private final ServerInfo info;
    private final SlotOwner slotOwner;
    private final CommandTable commands = CommandTable.standard();
    private final Attention attention = new Attention();
    private final Clients clients = new Clients();
    private final Users users = new Users(commands, clients);
    private final ProtectedMode protectedMode = new ProtectedMode(users);
    private final Pause pause = new Pause(attention);
    private final Monitors monitors = new Monitors(attention);
    private final Channels<Session> channels = new Channels<>();
    private final SlowLog slowLog = new SlowLog(attention);
    private final LatencyEvents latencyEvents = new LatencyEvents();
    private final ServerTotals totals;
    private volatile int mostHeldBytes = HeldInput.MAX_BYTES;
    private final OutputBounds outputBounds = new OutputBounds(new OutputBounds.Bound(1L << 30, 1L << 20, 60));
    private final Settings settings = new Settings();
    private volatile boolean tracksLatency = true;
    private volatile List<Double> latencyPercentiles = List.of(50.0, 99.0, 99.9);
    private volatile int timeoutSeconds;
    private volatile @Nullable Runnable stop;
    private final String runId = newRunId();
    private final AtomicLong peakBytes = new AtomicLong();
    private volatile boolean expiresActively = true;
    private volatile String debugCommand = "no";
    private final AtomicLong sessions = new AtomicLong();
    private final ArgumentBudget argumentBudget;
    private final Databases databases = new Databases();
    private final Tracking tracking = new Tracking(clients);
    private final KeyChanges changes;
    private final Absences absences = new Absences();
    private final List<Executor> executors = new ArrayList<>();

    /// Makes the keyspace of a node that serves every key.
    ///
    /// @param store borrowed; closed by its owner after the last executor
    public Keyspace(Store store, ServerInfo info) {
        this(store, info, SlotOwner.EVERY_KEY);
    }

    /// Makes the keyspace of a node that serves the keys that `slotOwner` says.
    public Keyspace(Store store, ServerInfo info, SlotOwner slotOwner) {
        this(
                store,
                info,
                slotOwner,
                Math.min(MAX_ARGUMENT_BYTES, Runtime.getRuntime().maxMemory() / 8));
    }

    /// @param argumentBytes what commands of very many arguments may take of the heap, of all connections
    ///     together
    Keyspace(Store store, ServerInfo info, SlotOwner slotOwner, long argumentBytes) {
        this.store = store;
        this.info = info;
        this.slotOwner = slotOwner;
        this.argumentBudget = new ArgumentBudget(argumentBytes);
        this.totals = new ServerTotals(this);
        this.changes = new KeyChanges(store, databases, attention, channels, tracking);
        store.listen(changes::removed);
        KeyspaceSettings.declare(this);
    }

    private static String newRunId() {
        byte[] bytes = new byte[RUN_ID_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// Makes a session for requests without a connection: nobody else sees it.
    public Session newSession() {
        Session session = new Session(sessions.incrementAndGet(), absences);
        users.welcome(session);
        return session;
    }

    /// Makes the session of a new connection, which `CLIENT LIST` shows until its stream is closed.
    public Session newSession(Peer peer) {
        Session session = Session.of(sessions.incrementAndGet(), absences, peer, outputBounds, clients);
        users.welcome(session);
        return session;
    }

    /// A request begins that is a connection of its own: it is run as whoever has not said who he is, whatever the
    /// requests before it in this session have said.
    public void welcome(Session session) {
        users.welcome(session);
    }

    /// Whether clients of other machines are served.
    public ProtectedMode protectedMode() {
        return protectedMode;
    }

    /// Who may use the server.
    public Users users() {
        return users;
    }

    /// The parameters of the server. Those of the server around this are declared before it serves.
    public Settings settings() {
        return settings;
    }

    /// How much clients may leave unread.
    public OutputBounds outputBounds() {
        return outputBounds;
    }

    /// How many bytes of input that is no whole command yet a client may have held for it.
    int mostHeldBytes() {
        return mostHeldBytes;
    }

    void setMostHeldBytes(int bytes) {
        mostHeldBytes = bytes;
    }

    /// After how many idle seconds a client is closed; 0: never.
    public int timeoutSeconds() {
        return timeoutSeconds;
    }

    void setTimeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
    }

    /// Says how the server is stopped by `SHUTDOWN`: called on a thread that runs commands, so it must only begin
    /// it.
    public void stopBy(Runnable action) {
        stop = action;
    }

    @Nullable
    Runnable stop() {
        return stop;
    }

    /// Whether expired keys are removed without anyone asking for them: `DEBUG SET-ACTIVE-EXPIRE`.
    public boolean expiresActively() {
        return expiresActively;
    }

    void setExpiresActively(boolean on) {
        expiresActively = on;
    }

    /// Who may use `DEBUG`: `no`, `local` or `yes`.
    String debugCommand() {
        return debugCommand;
    }

    void setDebugCommand(String who) {
        debugCommand = who;
    }

    /// A random name of this run of the server, as Redis writes such.
    String runId() {
        return runId;
    }

    /// The most memory that was in use whenever somebody asked, `bytes` included, which is in use now.
    long peakBytes(long bytes) {
        return peakBytes.accumulateAndGet(bytes, Math::max);
    }

    Attention attention() {
        return attention;
    }

    Clients clients() {
        return clients;
    }

    Pause pause() {
        return pause;
    }

    Monitors monitors() {
        return monitors;
    }

    /// Who has subscribed to what.
    Channels<Session> channels() {
        return channels;
    }

    /// Who wants to know what happens to keys.
    KeyChanges changes() {
        return changes;
    }

    /// Turns tracking on for a connection, or changes how.
    void track(Session session, TrackingMode mode) {
        tracking.begin(session, mode);
        changes.look();
    }

    /// Turns tracking off for a connection, if it is on.
    void stopTracking(Session session) {
        if (session.tracking() != null) {
            tracking.end(session);
            changes.look();
        }
    }

    /// Clients that keep values themselves.
    Tracking tracking() {
        return tracking;
    }

    SlowLog slowLog() {
        return slowLog;
    }

    LatencyEvents latencyEvents() {
        return latencyEvents;
    }

    ServerTotals serverTotals() {
        return totals;
    }

    boolean tracksLatency() {
        return tracksLatency;
    }

    void setTracksLatency(boolean tracks) {
        tracksLatency = tracks;
    }

    List<Double> latencyPercentiles() {
        return latencyPercentiles;
    }

    void setLatencyPercentiles(List<Double> percentiles) {
        latencyPercentiles = List.copyOf(percentiles);
    }

    Store store() {
        return store;
    }

    ServerInfo info() {
        return info;
    }

    SlotOwner slotOwner() {
        return slotOwner;
    }

    Databases databases() {
        return databases;
    }

    CommandTable commands() {
        return commands;
    }

    Absences absences() {
        return absences;
    }

    ArgumentBudget argumentBudget() {
        return argumentBudget;
    }

    void register(Executor executor) {
        synchronized (executors) {
            executors.add(executor);
        }
    }

    /// What all executors have done since the last reset.
    Counters totals() {
        Counters sum = new Counters(commands.countAll());
        int generation = totals.generation();
        synchronized (executors) {
            for (Executor executor : executors) {
                if (executor.counters().generation == generation) {
                    sum.add(executor.counters());
                }
            }
        }
        return sum;
    }
}
