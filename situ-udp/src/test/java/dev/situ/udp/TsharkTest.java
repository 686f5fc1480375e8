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
@Timeout(300)
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
        List<String> frames = tshark(
                file,
                "_ws.col.Protocol",
                "ip.checksum.status",
                "udp.checksum.status",
                "icmp.checksum.status",
                "icmp.resp_to",
                "_ws.malformed",
                "_ws.expert.severity");
        // 1 is "good"; a reply names its request; neither a malformed layer nor a remark of any expert.
        assertThat(frames)
                .containsExactly(
                        "ARP;;;;;;",
                        "ARP;;;;;;",
                        "ICMP;1;;1;;;",
                        "ICMP;1;;1;3;;",
                        "ECHO;1;1;;;;",
                        "ECHO;1;1;;;;",
                        "ECHO;1;1;;;;",
                        "ECHO;1;1;;;;",
                        "ECHO;1;1;;;;",
                        "ECHO;1;1;;;;");
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

    /// Fields of each frame, separated by semicolons.
    private List<String> tshark(Path file, String... fields) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "tshark", "-n", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-r", file.toString());
        builder.command().addAll(List.of("-T", "fields", "-E", "separator=;"));
        for (String field : fields) {
            builder.command().addAll(List.of("-e", field));
        }
        builder.environment().put("HOME", folder.toString());
        Path errors = folder.resolve("tshark.err");
        Process process = builder.redirectError(errors.toFile()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return output.lines().toList();
    }
}
