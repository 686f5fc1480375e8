package dev.situ.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Addresses as people write them.
final class Addresses {
    private Addresses() {}

    /// Resolves a host.
    ///
    /// @param option the option that named it, for the message
    static InetAddress resolve(String option, String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new UserError(option + ": the address " + host + " cannot be found", e);
        }
    }

    /// `127.0.0.1:6379`, `[::1]:6379`.
    static String format(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        String host = resolved == null ? address.getHostString() : resolved.getHostAddress();
        boolean ipv6 = host.indexOf(':') >= 0;
        return (ipv6 ? "[" + shorten(host) + "]" : host) + ":" + address.getPort();
    }

    /// Writes a run of zeros as `::`, as people write IPv6 addresses.
    private static String shorten(String ipv6) {
        return ipv6.replaceFirst("(^|:)0(:0)+(:|$)", "::");
    }
}
