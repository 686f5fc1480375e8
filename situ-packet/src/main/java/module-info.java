/// Packets, their pools and bursts, header views, pipelines, and ports that they come and go by.
@org.jspecify.annotations.NullMarked
module dev.situ.packet {
    requires static org.jspecify;
    requires transitive dev.situ.memory;

    exports dev.situ.packet;

    uses dev.situ.packet.PortProvider;

    provides dev.situ.packet.PortProvider with
            dev.situ.packet.PcapPortProvider;
}
