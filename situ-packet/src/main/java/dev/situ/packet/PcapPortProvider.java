package dev.situ.packet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Ports named `pcap:in.pcap,out.pcap`: either file may be missing. The port's address is 02:00:00:00:00:01.
public final class PcapPortProvider implements PortProvider {
    private static final int PACKETS = 2048;
    private static final long MAC = 0x02_00_00_00_00_01L;

    /// For [java.util.ServiceLoader].
    public PcapPortProvider() {}

    @Override
    public String scheme() {
        return "pcap";
    }

    @Override
    @SuppressWarnings("mustcall:return") // a port is closed by who opened it, which the checker is not told of ports
    public Port open(String name) throws IOException {
        int comma = name.indexOf(',');
        String in = comma < 0 ? name : name.substring(0, comma);
        String out = comma < 0 ? "" : name.substring(comma + 1);
        requireTwoFiles(in, out);
        SoftwarePacketPool pool = SoftwarePacketPool.of(PACKETS);
        PcapReader reader = null;
        PcapWriter writer;
        try {
            reader = in.isEmpty() ? null : PcapReader.open(Path.of(in));
            writer = out.isEmpty() ? null : PcapWriter.create(Path.of(out));
        } catch (IOException e) {
            if (reader != null) {
                reader.close();
            }
            pool.close();
            throw e;
        }
        return PcapPort.owning(MAC, pool, reader, writer);
    }

    /// The file that is written is emptied first, which must not happen to the one that is read.
    private static void requireTwoFiles(String in, String out) throws IOException {
        if (!in.isEmpty() && !out.isEmpty() && isSame(Path.of(in), Path.of(out))) {
            throw new IOException(in + " cannot be read and written at once");
        }
    }

    private static boolean isSame(Path in, Path out) throws IOException {
        return Files.exists(in) && Files.exists(out) && Files.isSameFile(in, out);
    }
}
