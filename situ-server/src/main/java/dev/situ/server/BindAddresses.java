package dev.situ.server;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The addresses of `bind`, as redis.conf writes them: `127.0.0.1 -::1`. One with a `-` before it is left out
/// where the machine does not have it.
///
/// @param hosts as they were written, at least one
/// @param addresses what they are, in the same order
record BindAddresses(List<String> hosts, List<InetAddress> addresses) {
    BindAddresses {
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
    }

    /// Finds the addresses of a text.
    ///
    /// @throws UserError if one cannot be found that must be there, or none is left
    static BindAddresses of(String text) {
        List<String> hosts = new ArrayList<>();
        List<InetAddress> addresses = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            boolean optional = word.startsWith("-");
            String host = optional ? word.substring(1) : word;
            Optional<InetAddress> address = optional ? existing(host) : Optional.of(Addresses.resolve("--bind", host));
            if (address.isPresent()) {
                hosts.add(host);
                addresses.add(address.get());
            }
        }
        if (hosts.isEmpty()) {
            throw new UserError("--bind: this machine has no address of '" + text + "'");
        }
        return new BindAddresses(hosts, addresses);
    }

    /// An address of this machine: one that a socket can be bound to.
    private static Optional<InetAddress> existing(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            new ServerSocket(0, 1, address).close();
            return Optional.of(address);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The one that the server names as its own.
    InetAddress first() {
        return addresses.getFirst();
    }

    /// The first that R2P2 can be served on.
    Optional<InetAddress> firstIpv4() {
        return addresses.stream().filter(Inet4Address.class::isInstance).findFirst();
    }
}
