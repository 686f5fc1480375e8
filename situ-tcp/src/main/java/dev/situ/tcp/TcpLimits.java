package dev.situ.tcp;

/// What a [TcpServer] allows its clients, which may be changed while it runs: seen by what begins afterwards, and
/// by what is looked at once a second. Safe for all threads.
public final class TcpLimits {
    private volatile int maxClients;
    private volatile int timeoutSeconds;
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
