package dev.situ.kv;

import java.util.List;

/// Who the commands of a connection are run as: a user whose rules may change while its connections live. What
/// every command asks is [#isOpen] alone. Changed by [Users]; read by all threads.
final class Account {
    /// Whoever uses a session that no server has welcomed, as tests do: nothing is checked.
    static final Account UNCHECKED = new Account();

    private volatile User user;
    private volatile boolean open;
    private final boolean stranger;

    private Account() {
        user = new User(User.DEFAULT, List.of(), List.of(), List.of());
        open = true;
        stranger = false;
    }

    /// @param stranger whether it is that of connections that have not said who they are
    Account(User user, boolean open, boolean stranger) {
        this.user = user;
        this.open = open;
        this.stranger = stranger;
    }

    /// Whether its commands need no check: it may do everything, and need not say who it is.
    boolean isOpen() {
        return open;
    }

    User user() {
        return user;
    }

    /// Whether nobody has said who this is. Then it is the default user if that is for all, else it must say so
    /// before anything else.
    boolean isStranger() {
        return stranger;
    }

    boolean mustAuthenticate() {
        return stranger && !user.isForAll();
    }

    void set(User changed, boolean nowOpen) {
        open = open && nowOpen; // never open with rules that are not
        user = changed;
        open = nowOpen;
    }
}
