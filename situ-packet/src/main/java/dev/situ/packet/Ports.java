package dev.situ.packet;

import java.io.IOException;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/// Opens ports that are named when the program runs: `pcap:in.pcap,out.pcap`, or whatever the modules that are there
/// offer ([PortProvider]).
public final class Ports {
    private Ports() {}

    /// Opens the port of that name. It owns its pool: closing it closes both.
    ///
    /// @throws IOException if no module offers the kind, or the port cannot be opened
    public static Port open(String name) throws IOException {
        int colon = name.indexOf(':');
        String scheme = colon < 0 ? name : name.substring(0, colon);
        ServiceLoader<PortProvider> providers = ServiceLoader.load(PortProvider.class);
        for (PortProvider provider : providers) {
            if (provider.scheme().equals(scheme)) {
                return provider.open(name.substring(Math.min(name.length(), colon + 1)));
            }
        }
        throw new IOException("no module offers ports of the kind " + scheme + "; there are "
                + providers.stream()
                        .map(provider -> provider.get().scheme() + ":")
                        .sorted()
                        .collect(Collectors.joining(", ")));
    }
}
