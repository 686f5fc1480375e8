package dev.situ.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.Pipeline;
import dev.situ.packet.PipelineStatistics;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import dev.situ.packet.Udp;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStack;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExamplesTest {
    private final SoftwarePacketPool pool = SoftwarePacketPool.of(256);
    private final PortCapabilities card = PortCapabilities.plain().withMultiSegmentSend(true);

    @Test
    void theEchoServerEchoes() throws Exception {
        MemoryPort.Wire wire = MemoryPort.wire(pool, pool, card, 1);
        List<Long> echoed = new ArrayList<>();
        try (UdpStack server = EchoServer.start(wire.left(), "10.0.0.1/24", 7);
                UdpStack client = new PortUdpStack(wire.right(), PortStackOptions.at("10.0.0.2/24"))) {
            client.bind(new InetSocketAddress(5000), (burst, _) -> {
                for (int i = 0; i < burst.size(); i++) {
                    assertThat(burst.length(i)).isEqualTo(1000);
                    echoed.add(Words.getLong(burst.memory(i), burst.offset(i)));
                }
            });
            send(client, 0x0A00_0001, 7, 3);
            for (int polls = 0; echoed.size() < 3 && polls < 100; polls++) {
                server.queue(0).poll();
                client.queue(0).poll();
            }
            assertThat(echoed).containsExactly(0L, 1L, 2L);
        }
        pool.close();
    }

    @Test
    void theFirewallLetsThroughWhatIsOpen() throws Exception {
        MemoryPort.Wire internet = MemoryPort.wire(pool, pool, card, 1);
        MemoryPort.Wire home = MemoryPort.wire(pool, pool, card, 1);
        BitSet open = new BitSet();
        open.set(7);
        Pipeline in = Firewall.rules(internet.right(), open, Udp::destinationPort);
        Pipeline out = Firewall.rules(home.left(), open, Udp::sourcePort);
        List<Long> echoed = new ArrayList<>();
        try (UdpStack client = new PortUdpStack(internet.left(), PortStackOptions.at("10.0.0.2/24"));
                UdpStack server = EchoServer.start(home.right(), "10.0.0.1/24", 7)) {
            server.bind(new InetSocketAddress(8), (_, _) -> {
                throw new AssertionError("port 8 is not open");
            });
            client.bind(
                    new InetSocketAddress(5000),
                    (burst, _) -> echoed.add(Words.getLong(burst.memory(0), burst.offset(0))));
            send(client, 0x0A00_0001, 7, 1);
            send(client, 0x0A00_0001, 8, 5);
            for (int polls = 0; polls < 20; polls++) {
                in.run(internet.right().queue(0), home.left().queue(0));
                server.queue(0).poll();
                out.run(home.left().queue(0), internet.right().queue(0));
                client.queue(0).poll();
            }
            PacketBurst rubbish = new PacketBurst(1);
            long packet = pool.take();
            Packet.setLength(pool.memory(), packet, 9);
            rubbish.add(packet);
            internet.left().queue(0).transmit(rubbish);
            in.run(internet.right().queue(0), home.left().queue(0));
            assertThat(in.statistics()).isEqualTo(new PipelineStatistics(8, 2, 0, 6, 0));
            assertThat(out.statistics()).isEqualTo(new PipelineStatistics(2, 2, 0, 0, 0));
            assertThat(server.statistics().handlerFailures()).isZero();
        }
        internet.close();
        home.close();
        pool.close();
    }

    private static void send(UdpStack client, int ip, int port, int count) {
        UdpSender sender = client.queue(0).sender();
        for (int i = 0; i < count; i++) {
            long at = sender.claim(PeerAddress.of(ip, port), 1000);
            Words.setLong(sender.memory(), at, i);
            sender.commit();
        }
        sender.flush();
    }

    @ParameterizedTest
    @CsvSource({
        "EchoServer, usage: EchoServer <port> <address/prefix> <udp port>",
        "EchoServer pcap: 10.0.0.1/24 seven, 'a UDP port is a number from 1 to 65535, not seven'",
        "EchoServer pcap:nothing-here.pcap 10.0.0.1/24 7, there is no file nothing-here.pcap",
        "EchoServer wire: 10.0.0.1/24 7, no module offers ports of the kind wire; there are pcap:",
        "Firewall pcap: pcap: 65536, 'a UDP port is a number from 1 to 65535, not 65536'"
    })
    void aMistakeIsOneLineAndExitCodeTwo(String words, String said) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        String[] arguments = words.split(" ", -1);
        arguments[0] = EchoServer.class.getPackageName() + "." + arguments[0];
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(2);
        assertThat(output).isEqualTo(said + "\n");
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EchoServer", "Firewall"})
    void anExampleIsShort(String name) throws Exception {
        assertThat(Files.readAllLines(Path.of("src/main/java/dev/situ/examples/" + name + ".java")))
                .hasSizeLessThan(60);
        pool.close();
    }
}
