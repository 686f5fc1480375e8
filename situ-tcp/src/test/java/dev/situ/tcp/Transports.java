package dev.situ.tcp;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// The transports of parametrized tests.
final class Transports {
    private Transports() {}

    /// All but `AUTO`; tests skip those that do not work here with [#require].
    static Stream<TcpTransport> all() {
        return Arrays.stream(TcpTransport.values()).filter(transport -> transport != TcpTransport.AUTO);
    }

    /// Skips the test, and says why, if the machine does not have this transport.
    static TcpServerOptions require(TcpTransport transport) {
        String unavailability = transport.unavailability();
        Assumptions.assumeTrue(unavailability == null, () -> "" + unavailability);
        return TcpServerOptions.DEFAULT.withTransport(transport);
    }
}
