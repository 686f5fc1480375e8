package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BindAddressesTest {
    /// For documentation (RFC 5737): no machine has it.
    private static final String NOBODYS = "192.0.2.1";

    @Test
    void whatTheMachineDoesNotHaveMayBeLeftOut() {
        BindAddresses bind = BindAddresses.of(" 127.0.0.1  -" + NOBODYS + " -127.0.0.2 -no.such.host.invalid ");
        assertThat(bind.hosts()).containsExactly("127.0.0.1", "127.0.0.2");
        assertThat(bind.first().getHostAddress()).isEqualTo("127.0.0.1");
    }

    @Test
    void r2p2TakesTheFirstOfIpv4() {
        BindAddresses bind = BindAddresses.of("::1 127.0.0.2 127.0.0.1");
        assertThat(bind.firstIpv4().orElseThrow().getHostAddress()).isEqualTo("127.0.0.2");
        assertThat(BindAddresses.of("::1").firstIpv4()).isEmpty();
    }

    @Test
    void noneIsOneClearLine() {
        assertThatThrownBy(() -> BindAddresses.of("-" + NOBODYS))
                .isInstanceOf(UserError.class)
                .hasMessage("--bind: this machine has no address of '-" + NOBODYS + "'");
        assertThatThrownBy(() -> BindAddresses.of("127.0.0.1 no.such.host.invalid"))
                .isInstanceOf(UserError.class)
                .hasMessage("--bind: the address no.such.host.invalid cannot be found");
    }

    @Test
    void allOfThemAreServed() throws Exception {
        String line = "127.0.0.1 -127.0.0.2 -" + NOBODYS;
        try (SituServer server = SituServer.start(TestServers.withParameters(line, Map.of()))) {
            for (String host : List.of("127.0.0.1", "127.0.0.2")) {
                try (RespSocket client = new RespSocket(
                        new InetSocketAddress(host, server.tcpAddress().getPort()))) {
                    assertThat(client.call("PING")).isEqualTo("+PONG");
                }
            }
        }
    }
}
