package dev.situ.packet;

import java.io.IOException;
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
    public Port open(String name) throws IOException {
        int comma = name.indexOf(',');
        String in = comma < 0 ? name : name.substring(0, comma);
        String out = comma < 0 ? "" : name.substring(comma + 1);
        PcapReader reader = in.isEmpty() ? null : PcapReader.open(Path.of(in));
        try {
            PcapWriter writer = out.isEmpty() ? null : PcapWriter.create(Path.of(out));
            SoftwarePacketPool pool = SoftwarePacketPool.of(PACKETS);
            return new PcapPort(MAC, pool, reader, writer, pool);
        } catch (IOException e) {
            if (reader != null) {
                reader.close();
            }
            throw e;
        }
    }
}
