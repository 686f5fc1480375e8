package dev.situ.tcp;

import com.google.errorprone.annotations.Immutable;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Decides which clients may connect over TCP; those on a unix socket always may. Called by the threads that
/// accept, for every connection.
@Immutable
@FunctionalInterface
public interface Admission {
    /// Lets everybody in.
    Admission ALL = _ -> null;

    /// Gives null for a client that may connect, or what it is told before it is closed: nothing over TLS.
    ///
    /// @param peer where it comes from
    byte @Nullable [] refusal(InetAddress peer);
}
