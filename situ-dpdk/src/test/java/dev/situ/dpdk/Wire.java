package dev.situ.dpdk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The interfaces `situ0` and `situ1` of the network that this process is in.
final class Wire {
    private Wire() {}

    /// Makes the two ends of a wire; of a tap, DPDK makes them.
    static void up(String driver) throws IOException, InterruptedException {
        quiet("default");
        if (!driver.equals("tap")) {
            sh("ip link add situ0 type veth peer name situ1");
            sh("ip link set situ0 up");
            sh("ip link set situ1 up");
        }
    }

    /// No word of IPv6 from interfaces to come.
    private static void quiet(String which) throws IOException, InterruptedException {
        sh("echo 1 > /proc/sys/net/ipv6/conf/" + which + "/disable_ipv6 || true");
    }

    static DpdkPortOptions near(String driver) {
        return DpdkPortOptions.of(driver.equals("tap") ? "net_tap0,iface=situ1" : "net_" + driver + "0,iface=situ0");
    }

    static DpdkPortOptions far() {
        return DpdkPortOptions.of("net_af_packet1,iface=situ1");
    }

    /// Gives the kernel's end an address. A veth leaves checksums to a device that is not there, unless it is
    /// told not to.
    static void kernelEnd(String address, String driver) throws IOException, InterruptedException {
        sh("ip addr add " + address + " dev situ1");
        sh("ip link set situ1 up");
        if (!driver.equals("tap")) {
            sh("ethtool -K situ1 tx off >/dev/null");
        }
    }

    /// What `ip` says about an interface.
    static String describe(String name) throws IOException {
        Process ip = new ProcessBuilder("ip", "-o", "link", "show", name).start();
        return new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static void sh(String command) throws IOException, InterruptedException {
        String failure = Child.run("sh", "-c", command);
        if (!failure.isEmpty()) {
            throw new IllegalStateException(failure);
        }
    }
}
