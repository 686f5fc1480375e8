package dev.situ.tcp;

/// What a [TcpServer] allows its clients, which may be changed while it runs: seen by what begins afterwards, and
/// by what is looked at once a second. Safe for all threads.
public final class TcpLimits {
    /// The longest silence that Linux takes (`MAX_TCP_KEEPIDLE`).
    public static final int MOST_KEEP_ALIVE_SECONDS = 32_767;

    /// As in Redis.
    public static final int DEFAULT_KEEP_ALIVE_SECONDS = 300;

    private volatile int maxClients;
    private volatile int timeoutSeconds;
    private volatile int keepAliveSeconds = DEFAULT_KEEP_ALIVE_SECONDS;
    private volatile OutputLimits normal;
    private volatile OutputLimits subscribers;

    TcpLimits(TcpServerOptions options) {
        maxClients = options.maxClients();
        normal = options.output();
        subscribers = options.output();
    }

    /// Connections at once; one more is answered with an error and closed, over TLS without the error.
    public int maxClients() {
        return maxClients;
    }

    /// Changes how many connections there may be. Those that are there stay.
    ///
    /// @throws IllegalArgumentException if it is less than 1
    public void setMaxClients(int clients) {
        if (clients < 1) {
            throw new IllegalArgumentException("clients must be at least 1");
        }
        maxClients = clients;
    }

    /// After how many seconds without a command a client is closed; 0: never. Subscribers never are.
    public int timeoutSeconds() {
        return timeoutSeconds;
    }

    /// Changes after how many seconds without a command a client is closed; 0: never.
    public void setTimeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
    }

    /// After how many seconds of silence the kernel asks whether a client is still there; 0: never.
    public int keepAliveSeconds() {
        return keepAliveSeconds;
    }

    /// Changes that, for connections that come from now on.
    ///
    /// @throws IllegalArgumentException if it is negative or more than [#MOST_KEEP_ALIVE_SECONDS]
    public void setKeepAliveSeconds(int seconds) {
        if (seconds < 0 || seconds > MOST_KEEP_ALIVE_SECONDS) {
            throw new IllegalArgumentException("keep alive must be 0 to " + MOST_KEEP_ALIVE_SECONDS + " seconds");
        }
        keepAliveSeconds = seconds;
    }

    /// What a client may leave unread.
    ///
    /// @param subscriber whether it gets messages that it did not ask for one by one
    OutputLimits output(boolean subscriber) {
        return subscriber ? subscribers : normal;
    }

    /// Changes what clients may leave unread.
    public void setOutput(OutputLimits ofNormal, OutputLimits ofSubscribers) {
        normal = ofNormal;
        subscribers = ofSubscribers;
    }
}
