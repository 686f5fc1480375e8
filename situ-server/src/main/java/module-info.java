/// Configuration, workers, wiring, main and the command line.
///
/// ```
///  main thread        control: starts, waits for a signal, stops
///  situ-tcp-1-1..     Netty event loops: RESP over TCP, one store worker each
///  r2p2-0..           pollers: R2P2 over UDP, one queue and one store worker each
/// ```
@org.jspecify.annotations.NullMarked
module dev.situ.server {
    requires static org.jspecify;
    requires java.logging;
    requires dev.situ.client;
    requires dev.situ.dpdk;
    requires dev.situ.kv;
    requires dev.situ.memory;
    requires dev.situ.packet;
    requires dev.situ.r2p2;
    requires dev.situ.resp;
    requires dev.situ.socket;
    requires dev.situ.store;
    requires dev.situ.tcp;
    requires dev.situ.udp;
    requires info.picocli;
    requires org.jline;

    opens dev.situ.server to
            info.picocli;
}
