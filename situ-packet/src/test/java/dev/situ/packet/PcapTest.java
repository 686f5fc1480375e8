package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapTest {
    private final SoftwarePacketPool pool = SoftwarePacketPool.of(64);

    @TempDir
    Path folder;

    @AfterEach
    void noPacketIsLost() {
        pool.close();
    }

    private static byte[] file(int magic, ByteOrder order, int linkType, byte[]... frames) {
        ByteBuffer b = ByteBuffer.allocate(100_000).order(order);
        b.putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(65535)
                .putInt(linkType);
        for (byte[] frame : frames) {
            b.putInt(1_700_000_000)
                    .putInt(123)
                    .putInt(frame.length)
                    .putInt(frame.length + 1)
                    .put(frame);
        }
        return Arrays.copyOf(b.array(), b.position());
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("in.pcap"), bytes);
    }

    private static byte[] frame(PcapReader reader) {
        byte[] bytes = new byte[reader.length()];
        Words.copyTo(reader.memory(), reader.offset(), bytes, 0, bytes.length);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0xA1B2C3D4, 0xA1B23C4D})
    void bothByteOrdersAndBothUnitsAreRead(int magic) throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            try (PcapReader reader = PcapReader.open(write(file(magic, order, 1, Frames.arp(1), new byte[0])))) {
                assertThat(reader.next()).isTrue();
                assertThat(frame(reader)).isEqualTo(Frames.arp(1));
                assertThat(reader.wireLength()).isEqualTo(43);
                assertThat(reader.timeNanos())
                        .isEqualTo(1_700_000_000_000_000_000L + (magic == 0xA1B2C3D4 ? 123_000 : 123));
                assertThat(reader.next()).isTrue();
                assertThat(reader.length()).isZero();
                assertThat(reader.next()).isFalse();
                assertThat(reader.isTruncated()).isFalse();
            }
        }
    }

    @Test
    void aRecordThatIsCutOffOrLiesEndsTheFile() throws IOException {
        byte[] whole = file(0xA1B2C3D4, ByteOrder.LITTLE_ENDIAN, 1, Frames.arp(1), Frames.arp(2));
        int second = 24 + 16 + 42;
        byte[] lies = whole.clone();
        lies[second + 8 + 3] = (byte) 0xFF;
        for (byte[] bytes : List.of(Arrays.copyOf(whole, whole.length - 1), Arrays.copyOf(whole, second + 3), lies)) {
            try (PcapReader reader = PcapReader.open(write(bytes))) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.next()).isFalse();
                assertThat(reader.isTruncated()).isTrue();
                assertThat(reader.next()).isFalse();
            }
        }
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path path = write(file(0x0A0D0D0A, ByteOrder.LITTLE_ENDIAN, 1));
        assertThatThrownBy(() -> PcapReader.open(path)).hasMessageContaining("no classic pcap file");
        write(file(0xA1B2C3D4, ByteOrder.BIG_ENDIAN, 113));
        assertThatThrownBy(() -> PcapReader.open(path)).hasMessageContaining("link type 113");
        write(new byte[23]);
        assertThatThrownBy(() -> PcapReader.open(path)).hasMessageContaining("too short");
    }

    @Test
    void whatAPortSendsToAFileAnotherReceives() throws IOException {
        Path path = folder.resolve("out.pcap");
        PcapPort out = new PcapPort(Frames.OWN_MAC, pool, null, PcapWriter.create(path));
        PacketBurst burst = new PacketBurst(8);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byte[] frame = Frames.udp(i, 7, Frames.payload(i * 2));
            frames.add(frame);
            long head = Frames.packet(pool, Arrays.copyOf(frame, 42));
            Packet.chain(pool.memory(), head, Frames.packet(pool, Arrays.copyOfRange(frame, 42, frame.length)));
            burst.add(head);
            assertThat(out.queue(0).transmit(burst)).isEqualTo(1);
        }
        out.close();
        assertThat(out.statistics().sent()).isEqualTo(500);
        PcapPort in = new PcapPort(Frames.OWN_MAC, pool, PcapReader.open(path), null);
        List<byte[]> received = new ArrayList<>();
        while (!in.isAtEnd()) {
            in.queue(0).receive(burst);
            for (int i = 0; i < burst.size(); i++) {
                received.add(Frames.bytes(pool, burst.packet(i)));
            }
            pool.releaseAll(burst);
        }
        in.close();
        assertThat(received).hasSize(500);
        for (int i = 0; i < 500; i++) {
            assertThat(received.get(i)).isEqualTo(frames.get(i));
        }
        assertThat(in.statistics().received()).isEqualTo(500);
    }

    @Test
    void aFrameThatFitsIntoNoPacketIsCounted() throws IOException {
        Path path = write(file(0xA1B2C3D4, ByteOrder.LITTLE_ENDIAN, 1, new byte[9000], Frames.arp(1)));
        PcapPort port = new PcapPort(Frames.OWN_MAC, pool, PcapReader.open(path), null);
        PacketBurst burst = new PacketBurst(8);
        assertThat(port.queue(0).receive(burst)).isEqualTo(1);
        assertThat(port.statistics().receiveErrors()).isEqualTo(1);
        pool.releaseAll(burst);
        port.close();
    }

    @Test
    void aPortIsOpenedByName() throws IOException {
        Path in = write(file(0xA1B2C3D4, ByteOrder.LITTLE_ENDIAN, 1, Frames.arp(1)));
        Path out = folder.resolve("named.pcap");
        try (Port port = Ports.open("pcap:" + in + "," + out)) {
            Pipeline forward = Pipeline.of(port.pool(), Steps::send);
            assertThat(forward.run(port.queue(0), port.queue(0))).isEqualTo(1);
        }
        try (PcapReader reader = PcapReader.open(out)) {
            assertThat(reader.next()).isTrue();
            assertThat(frame(reader)).isEqualTo(Frames.arp(1));
        }
        assertThatThrownBy(() -> Ports.open("carrier-pigeon:0"))
                .hasMessageContaining("no module offers ports of the kind carrier-pigeon; there are pcap:");
    }

    @Test
    void aCapturedPortWritesBothWays() throws IOException {
        Path path = folder.resolve("captured.pcap");
        MemoryPort.Wire wire = MemoryPort.wire(pool, pool, PortCapabilities.plain(), 1);
        CapturingPort port = new CapturingPort(wire.left(), PcapWriter.create(path), java.time.Clock.systemUTC());
        PacketBurst burst = new PacketBurst(8);
        burst.add(Frames.packet(pool, Frames.arp(1)));
        wire.right().queue(0).transmit(burst);
        port.queue(0).receive(burst);
        pool.releaseAll(burst);
        burst.add(Frames.packet(pool, Frames.udp(1, 2, new byte[3])));
        port.queue(0).transmit(burst);
        wire.right().queue(0).receive(burst);
        pool.releaseAll(burst);
        port.close();
        wire.close();
        try (PcapReader reader = PcapReader.open(path)) {
            assertThat(reader.next()).isTrue();
            assertThat(frame(reader)).isEqualTo(Frames.arp(1));
            assertThat(reader.next()).isTrue();
            assertThat(frame(reader)).isEqualTo(Frames.udp(1, 2, new byte[3]));
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void aPortMayBePolledByAnotherThreadThanTheOneThatOpenedIt() throws Exception {
        Path in = write(file(0xA1B2C3D4, ByteOrder.LITTLE_ENDIAN, 1, Frames.arp(1)));
        try (Port port = Ports.open("pcap:" + in)) {
            PacketBurst burst = new PacketBurst(4);
            FutureTask<Integer> receive = new FutureTask<>(() -> port.queue(0).receive(burst));
            Thread poller = Thread.ofPlatform().start(receive);
            assertThat(receive.get()).isEqualTo(1);
            poller.join();
            port.queue(0).cache().releaseAll(burst);
        }
    }

    @Test
    void aFileIsNotReadAndWrittenAtOnce() throws IOException {
        byte[] bytes = file(0xA1B2C3D4, ByteOrder.LITTLE_ENDIAN, 1, Frames.arp(1));
        Path in = write(bytes);
        assertThatThrownBy(() -> Ports.open("pcap:" + in + "," + in.getParent() + "/./in.pcap"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in.pcap cannot be read and written at once");
        assertThat(in).hasBinaryContent(bytes);
    }
}
