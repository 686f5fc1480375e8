package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.situ.packet.CapturingPort;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.PcapWriter;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A conversation of the stack as Wireshark's dissectors see it.
@Timeout(120)
class TsharkTest {
    @TempDir
    Path folder;

    @Test
    void aConversationIsReadWithoutAComplaint() throws Exception {
        boolean there = Files.isExecutable(Path.of("/usr/bin/tshark"));
        if (!there) {
            System.out.println("skipped: tshark is not installed (apt-get install tshark)");
        }
        assumeTrue(there, "tshark is not installed (apt-get install tshark)");
        Path file = folder.resolve("conversation.pcap");
        converse(file);
        assertThat(tshark(file, "-T", "fields", "-e", "_ws.col.Protocol"))
                .containsExactly("ARP", "ARP", "ICMP", "ICMP", "ECHO", "ECHO", "ECHO", "ECHO", "ECHO", "ECHO");
        assertThat(tshark(file, "-Y", "_ws.malformed || _ws.expert.severity >= 4194304"))
                .as("malformed, or a warning or worse")
                .isEmpty();
        assertThat(tshark(file, "-Y", "ip.checksum.status == \"Bad\" || udp.checksum.status == \"Bad\""))
                .isEmpty();
        assertThat(tshark(file, "-Y", "udp.checksum.status == \"Good\"")).hasSize(6);
        assertThat(tshark(file, "-Y", "ip.checksum.status == \"Good\"")).hasSize(8);
        assertThat(tshark(file, "-Y", "icmp.checksum.status == \"Good\"")).hasSize(2);
        assertThat(tshark(file, "-Y", "icmp.resp_to == 3"))
                .as("the reply to the third frame")
                .hasSize(1);
    }

    /// A host asks, pings and sends three datagrams; the stack answers. The third is a chain.
    private static void converse(Path file) throws IOException {
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(128);
                SoftwarePacketPool hostPool = SoftwarePacketPool.of(128)) {
            MemoryPort.Wire wire =
                    MemoryPort.wire(pool, hostPool, PortCapabilities.plain().withMultiSegmentSend(true), 1);
            RawHost host = new RawHost(wire.right());
            CapturingPort port = new CapturingPort(wire.left(), PcapWriter.create(file), Clock.systemUTC());
            try (PortUdpStack stack = new PortUdpStack(port, PortStackOptions.at("10.0.0.1/24"))) {
                stack.bind(new InetSocketAddress(7), (burst, sender) -> {
                    for (int i = 0; i < burst.size(); i++) {
                        sender.claim(burst.peer(i), 0);
                        sender.append(burst.memory(i), burst.offset(i), burst.length(i));
                        sender.commit();
                    }
                });
                for (byte[] frame : List.of(
                        RawHost.arpRequest(),
                        RawHost.ping(8, RawHost.bytes(56)),
                        RawHost.udp(5000, 7, RawHost.bytes(1)),
                        RawHost.udp(5000, 7, RawHost.bytes(100)),
                        RawHost.udp(5000, 7, RawHost.bytes(1472)))) {
                    host.send(frame);
                    stack.queue(0).poll();
                    host.received();
                }
            }
            wire.close();
        }
    }

    private List<String> tshark(Path file, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "tshark", "-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-r", file.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("HOME", folder.toString());
        Path errors = folder.resolve("tshark.err");
        Process process = builder.redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return output.lines().toList();
    }
}
