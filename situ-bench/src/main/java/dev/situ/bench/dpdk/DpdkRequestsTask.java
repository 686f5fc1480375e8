package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Parameters;

/// Sends requests to Situ over a memif, one under way, a SET and a GET in turn: so many each time that it is told to
/// measure. Its one figure is their number.
public final class DpdkRequestsTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "dpdk-requests";

    private final ClientEnd client;
    private final Load load;
    private final int requests;

    /// Connects to the server's end, which is there.
    public DpdkRequestsTask(Parameters parameters) throws Exception {
        client = new ClientEnd(parameters.text("socket"));
        load = new Load(client.datagrams(parameters.number("port"), Question.setAndGet(parameters.number("value"))));
        requests = parameters.number("requests");
    }

    @Override
    public void measure(Sink sink) {
        load.oneByOne(requests);
        sink.add("requests", "", requests);
    }

    @Override
    public void close() {
        client.close();
    }
}
