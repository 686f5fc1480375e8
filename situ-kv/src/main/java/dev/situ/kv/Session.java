package dev.situ.kv;

/// What the server remembers of one connection between its commands. Confined to the thread that serves it.
public final class Session {
    private final long id;
    private int protocol = 2;
    private int database;
    private String name = "";
    private String libraryName = "";
    private String libraryVersion = "";
    private boolean closing;
    private final Transaction transaction;

    /// Made by [Keyspace#newSession()].
    Session(long id, Absences absences) {
        this(id, absences, HeldInput.MAX_BYTES);
    }

    /// @param mostQueuedBytes how much a transaction may hold
    Session(long id, Absences absences, int mostQueuedBytes) {
        this.id = id;
        transaction = new Transaction(absences, mostQueuedBytes);
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

    /// What the client has queued and watches.
    Transaction transaction() {
        return transaction;
    }

    /// Forgets what `RESET` forgets: who the client is, but not with which library it speaks. Not the transaction.
    void resetClient() {
        protocol = 2;
        database = 0;
        name = "";
    }

    /// Forgets all that the client said, but for the number and the transaction.
    void reset() {
        resetClient();
        libraryName = "";
        libraryVersion = "";
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
