package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Selector;
import java.time.Duration;

/// Runs in a network of its own: the user-space stack over a driver at 10.77.0.1, and the kernel at 10.77.0.2 on
/// the other end of the wire, with `arping`, `ping` and a UDP socket.
final class KernelUdp {
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.77.0.1", 7);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int[] SIZES = {1, 18, 19, 512, 1400, 1468};

    private KernelUdp() {}

    public static void main(String[] arguments) throws Exception {
        String driver = arguments[0];
        Wire.up(driver);
        try (Eal eal = Eal.start(EalOptions.withoutHugePages(64))) {
            try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 8191, DpdkPacketPool.DEFAULT_BUFFER_BYTES, false)) {
                DpdkPort port = DpdkPort.open(eal, pool, Wire.near(driver));
                try (PortUdpStack stack = new PortUdpStack(port, PortStackOptions.at("10.77.0.1/24"))) {
                    Wire.kernelEnd("10.77.0.2/24", driver);
                    stack.bind(SERVER, EchoHandler.ECHO);
                    Poller poller = new Poller(eal, stack);
                    try {
                        Wire.sh("arping -q -c 2 -w 10 -I situ1 10.77.0.1");
                        Wire.sh("ping -q -c 3 -w 10 -s 1000 10.77.0.1");
                        exchange();
                    } finally {
                        poller.stop();
                    }
                    assertThat(stack.details().pings()).isGreaterThanOrEqualTo(3);
                    assertThat(stack.details().arpAnswered()).isGreaterThanOrEqualTo(2);
                    assertThat(stack.statistics().received()).isEqualTo(SIZES.length);
                }
                if (!driver.equals("af_xdp")) {
                    assertThat(pool.outstanding()).isZero();
                }
            }
        }
    }

    private static void exchange() throws Exception {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
                Selector selector = Selector.open()) {
            channel.connect(SERVER);
            channel.configureBlocking(false);
            channel.register(selector, java.nio.channels.SelectionKey.OP_READ);
            for (int size : SIZES) {
                ByteBuffer request = ByteBuffer.allocate(size);
                for (int i = 0; i < size; i++) {
                    request.put(i, (byte) (size + i));
                }
                channel.write(request.duplicate());
                assertThat(selector.select(LIMIT.toMillis()))
                        .as("a reply to %d bytes", size)
                        .isOne();
                selector.selectedKeys().clear();
                ByteBuffer reply = ByteBuffer.allocate(2048);
                channel.read(reply);
                reply.flip();
                assertThat(reply.getInt()).isEqualTo(EchoHandler.MARK);
                assertThat(reply).isEqualTo(request);
            }
        }
    }

    /// A registered thread that polls the stack's one queue.
    private static final class Poller implements Runnable {
        private final Eal eal;
        private final PortUdpStack stack;
        private final Thread thread;
        private volatile boolean stopped;

        Poller(Eal eal, PortUdpStack stack) {
            this.eal = eal;
            this.stack = stack;
            this.thread = Thread.ofPlatform().name("poller").start(this);
        }

        void stop() throws InterruptedException {
            stopped = true;
            thread.join();
        }

        @Override
        public void run() {
            try (EalThread _ = eal.register()) {
                while (!stopped) {
                    stack.queue(0).poll();
                }
            }
        }
    }
}
