package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Protected mode (`protected-mode`): as long as the default user needs no password, only clients of this machine
/// are let in. Asked by every transport before it serves somebody. Safe for all threads.
@Immutable
@SuppressWarnings("Immutable") // what changes is for all threads
public final class ProtectedMode {
    private static final byte[] REFUSAL =
            Text.bytes("-DENIED Redis is running in protected mode because protected mode is"
                    + " enabled and no password is set for the default user. In this mode connections are only accepted from the"
                    + " loopback interface. If you want to connect from external computers to Redis you may adopt one of the"
                    + " following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from"
                    + " the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE"
                    + " Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change"
                    + " permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file,"
                    + " and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server"
                    + " manually just for testing, restart it with the '--set protected-mode=no' option. 4) Setup a an authentication"
                    + " password for the default user. NOTE: You only need to do one of the above things in order for the server to"
                    + " start accepting connections from the outside.\r\n");

    private final Users users;
    private volatile boolean on = true;

    ProtectedMode(Users users) {
        this.users = users;
    }

    boolean isOn() {
        return on;
    }

    void set(boolean yes) {
        on = yes;
    }

    /// Says whether clients of other machines are not served just now.
    public boolean refusesOthers() {
        return on && users.isDefaultWithoutPassword();
    }

    /// Gives null for a client that is served, or the whole reply that it gets in place of all others.
    public byte @Nullable [] refusal(InetAddress peer) {
        return refusesOthers() && !peer.isLoopbackAddress() ? refusal() : null;
    }

    /// The reply for who is not served, in RESP.
    public static byte[] refusal() {
        return REFUSAL.clone();
    }
}
