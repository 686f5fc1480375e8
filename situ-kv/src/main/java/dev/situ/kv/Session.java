package dev.situ.kv;

import dev.situ.kv.tracking.TrackingMode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What the server remembers of one connection between its commands. Written by the thread that serves it, and only
/// by that; other threads read parts of it for `CLIENT LIST`, which may be a moment old.
public final class Session {
    /// Replies are thrown away.
    static final int MUTED = 1;
    /// The reply to the next command is thrown away.
    static final int SKIPS_NEXT = 1 << 1;
    /// The reply to this command is thrown away.
    static final int SKIPS = 1 << 2;

    /// It has subscribed to something.
    static final int SUBSCRIBED = 1 << 3;
    /// The keys that it reads may have to be remembered: it tracks, and does not only listen to prefixes.
    static final int TRACKS = 1 << 4;
    /// It has said `CLIENT CACHING`, for the next command.
    static final int CACHING_SAID = 1 << 5;

    private final long id;
    private final @Nullable Peer peer;
    private final @Nullable Mailbox mailbox;
    private final @Nullable Clients clients;
    private final long sinceNanos = System.nanoTime();
    private volatile int protocol = 2;
    private volatile int database;
    private volatile String name = "";
    private volatile String libraryName = "";
    private volatile String libraryVersion = "";
    private volatile Account account = Account.UNCHECKED; // others change it when the user is deleted
    private boolean closing;
    private int special;
    private final Transaction transaction;

    private final Subscriptions subscriptions = new Subscriptions(this);
    private volatile boolean monitors;
    private volatile boolean neverEvicted;
    private volatile boolean neverTouching;
    private volatile boolean held;
    private volatile @Nullable TrackingMode tracking;
    private volatile boolean redirectionBroken;
    private @Nullable CommandSpec lastCommand;
    private long lastUsedNanos = sinceNanos;

    /// Made by [Keyspace#newSession()].
    Session(long id, Absences absences) {
        this(id, absences, HeldInput.MAX_BYTES);
    }

    /// @param mostQueuedBytes how much a transaction may hold
    Session(long id, Absences absences, int mostQueuedBytes) {
        this(id, new Transaction(absences, mostQueuedBytes), null, null, null);
    }

    private Session(
            long id,
            Transaction transaction,
            @Nullable Peer peer,
            @Nullable Mailbox mailbox,
            @Nullable Clients clients) {
        this.id = id;
        this.transaction = transaction;
        this.peer = peer;
        this.mailbox = mailbox;
        this.clients = clients;
    }

    /// The session of a connection, which others can see from now on, until [#end].
    static Session of(long id, Absences absences, Peer peer, OutputBounds bounds, Clients clients) {
        Transaction transaction = new Transaction(absences, HeldInput.MAX_BYTES);
        Session session = new Session(id, transaction, peer, new Mailbox(peer, bounds), clients);
        clients.add(session);
        return session;
    }

    /// The number of the connection, from 1 up, never used again.
    public long id() {
        return id;
    }

    /// The version of RESP that replies are written in: 2 or 3.
    public int protocol() {
        return protocol;
    }

    /// The database that the client has selected: 0 at first.
    public int database() {
        return database;
    }

    /// The name that the client gave itself (`CLIENT SETNAME`), one char for each byte, or empty.
    public String name() {
        return name;
    }

    /// The name of the client's library (`CLIENT SETINFO LIB-NAME`), or empty.
    public String libraryName() {
        return libraryName;
    }

    /// The version of the client's library (`CLIENT SETINFO LIB-VER`), or empty.
    public String libraryVersion() {
        return libraryVersion;
    }

    /// Says whether the connection is to be closed once its replies are sent.
    public boolean isClosing() {
        return closing;
    }

    /// Says whether the client watches keys: whether a transaction of it would depend on what it has seen.
    public boolean isWatching() {
        return !transaction.watched.isEmpty();
    }

    /// Says whether the client has said nothing of itself that holds for its next command.
    public boolean isFresh() {
        return protocol == 2
                && database == 0
                && special == 0
                && name.isEmpty()
                && libraryName.isEmpty()
                && libraryVersion.isEmpty()
                && !neverEvicted
                && !neverTouching
                && !isWatching();
    }

    /// Says whether the client gets messages that it did not ask for one by one: how much it may leave unread then
    /// is another bound.
    public boolean isSubscriber() {
        return monitors || isPubsub();
    }

    /// Who its commands are run as.
    Account account() {
        return account;
    }

    void setAccount(Account other) {
        account = other;
    }

    // ---- the connection -------------------------------------------------------------------------------------------

    /// The other end, or null where a request has no connection.
    @Nullable
    Peer peer() {
        return peer;
    }

    /// What others have for this connection, or null where there is none.
    @Nullable
    Mailbox mailbox() {
        return mailbox;
    }

    /// Gives it a message: see [Mailbox#post]. Dropped where there is no connection. Any thread.
    void post(Push message) {
        if (mailbox != null) {
            mailbox.post(message);
        }
    }

    /// The same beside replies: see [Mailbox#postBesideReplies].
    void postBesideReplies(Push message) {
        if (mailbox != null) {
            mailbox.postBesideReplies(message);
        }
    }

    /// The connection has ended: others do not see it any more. Idempotent.
    void end() {
        if (mailbox != null) {
            mailbox.close();
        }
        if (clients != null) {
            clients.remove(this);
        }
    }

    long ageSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos);
    }

    /// For how long it has sent nothing, in seconds.
    public long idleSeconds() {
        return Math.max(0, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastUsedNanos));
    }

    /// Commands have come, at a time of `System.nanoTime`.
    void usedAt(long nanos) {
        lastUsedNanos = nanos;
    }

    @Nullable
    CommandSpec lastCommand() {
        return lastCommand;
    }

    void setLastCommand(CommandSpec spec) {
        lastCommand = spec;
    }

    // ---- what makes its commands special --------------------------------------------------------------------------

    /// Why each command of it has to be looked at more closely: zero nearly always.
    int special() {
        return special;
    }

    boolean is(int kind) {
        return (special & kind) != 0;
    }

    void set(int kind, boolean on) {
        special = on ? special | kind : special & ~kind;
    }

    /// Whether the reply to this command is thrown away.
    boolean isMuted() {
        return is(MUTED | SKIPS);
    }

    /// A command begins: if the reply to the next one was to be skipped, it is this one's.
    void beginReply() {
        set(SKIPS, is(SKIPS_NEXT));
        set(SKIPS_NEXT, false);
    }

    boolean isMonitor() {
        return monitors;
    }

    void setMonitor(boolean on) {
        monitors = on;
    }

    boolean isNeverEvicted() {
        return neverEvicted;
    }

    void setNeverEvicted(boolean on) {
        neverEvicted = on;
    }

    boolean isNeverTouching() {
        return neverTouching;
    }

    void setNeverTouching(boolean on) {
        neverTouching = on;
    }

    /// Whether it has subscribed to something.
    boolean isPubsub() {
        return subscriptions.count() > 0;
    }

    /// What it has subscribed to.
    Subscriptions subscriptions() {
        return subscriptions;
    }

    /// How it tracks keys; null: not at all. Any thread.
    @Nullable
    TrackingMode tracking() {
        return tracking;
    }

    /// Says how it tracks keys from now on. See [Tracking], which has to know as well.
    void track(@Nullable TrackingMode mode) {
        tracking = mode;
        redirectionBroken = false;
        set(TRACKS, mode != null && !mode.broadcasts());
        if (mode == null) {
            set(CACHING_SAID, false);
        }
    }

    /// Whether the connection was gone that is told of changes in its place. Any thread.
    boolean isRedirectionBroken() {
        return redirectionBroken;
    }

    void setRedirectionBroken() {
        redirectionBroken = true;
    }

    /// Whether its command waits for the end of a pause.
    boolean isHeld() {
        return held;
    }

    void setHeld(boolean waits) {
        held = waits;
    }

    /// What the client has queued and watches.
    Transaction transaction() {
        return transaction;
    }

    /// Forgets what `RESET` forgets: who the client is, but not with which library it speaks. Not the transaction.
    void resetClient() {
        protocol = 2;
        database = 0;
        name = "";
        special = 0;
    }

    /// Forgets all that the client said, but for the number and the transaction.
    void reset() {
        resetClient();
        libraryName = "";
        libraryVersion = "";
        neverEvicted = false;
        neverTouching = false;
        closing = false;
    }

    void setProtocol(int version) {
        protocol = version;
    }

    /// @param number of a database that there is
    void select(int number) {
        database = number;
    }

    void setName(String text) {
        name = text;
    }

    void setLibraryName(String text) {
        libraryName = text;
    }

    void setLibraryVersion(String text) {
        libraryVersion = text;
    }

    void closeAfterReply() {
        closing = true;
    }
}
