/// Whole-system experiments and microbenchmarks.
///
/// ```
///  dev.situ.bench          the command line, the list of experiments
///  dev.situ.bench.frame    rounds, warm-up, child JVMs, medians
///  dev.situ.bench.report   JSON, plots, the HTML page
///  dev.situ.bench.map, .store, .memory ...   an experiment each
/// ```
@org.jspecify.annotations.NullMarked
module dev.situ.bench {
    requires static org.jspecify;
    requires java.desktop;
    requires java.management;
    requires java.management.rmi;
    requires java.xml;
    requires jdk.attach;
    requires jdk.management;
    requires com.github.benmanes.caffeine;
    requires dev.situ.client;
    requires dev.situ.dpdk;
    requires dev.situ.kv;
    requires dev.situ.memory;
    requires dev.situ.optimap;
    requires dev.situ.packet;
    requires dev.situ.r2p2;
    requires dev.situ.resp;
    requires dev.situ.server;
    requires dev.situ.socket;
    requires dev.situ.store;
    requires dev.situ.udp;
    requires info.picocli;
    requires HdrHistogram;
    requires org.apache.xmlgraphics.batik.svggen;
    requires org.jctools.core;
    requires org.jfree.jfreechart;
    requires tools.jackson.databind;

    opens dev.situ.bench to
            info.picocli;
    opens dev.situ.bench.compare to
            info.picocli;
    opens dev.situ.bench.load to
            info.picocli;
    opens dev.situ.bench.r2p2 to
            info.picocli;
    opens dev.situ.bench.frame to
            tools.jackson.databind;
}
