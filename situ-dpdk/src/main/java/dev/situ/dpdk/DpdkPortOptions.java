package dev.situ.dpdk;

import java.util.regex.Pattern;

/// Which device a [DpdkPort] is, and how it is to work.
///
/// | device | is |
/// |---|---|
/// | `net_memif0,role=server,socket=/tmp/s,socket-abstract=no` | memory shared with another process, or with this |
/// | `net_af_packet0,iface=veth0` | a kernel's network interface, by a packet socket |
/// | `net_af_xdp0,iface=veth0` | the same by AF_XDP |
/// | `net_tap0,iface=situ0` | a new interface, whose other end the kernel has |
/// | `net_ring0`, `net_null0` | what is sent comes back; nothing ever comes |
/// | `0000:01:00.0` | a card |
///
/// @param device the device and its arguments, as DPDK writes them
/// @param queues how many pollers can share it
/// @param ring the packets that each queue's rings have room for; the driver adjusts it
/// @param mtu the most bytes behind the Ethernet header
/// @param promiscuous whether it receives what is sent to other MAC addresses, too
/// @param checksums whether the device verifies and computes checksums, if it can
public record DpdkPortOptions(String device, int queues, int ring, int mtu, boolean promiscuous, boolean checksums) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_:.]{1,63}(,[^\\x00-\\x1F]*)?");
    private static final Pattern PCI = Pattern.compile("([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException and says which is wrong
    public DpdkPortOptions {
        if (!NAME.matcher(device).matches()) {
            throw new IllegalArgumentException(
                    "a device is a name, like net_tap0 or 0000:01:00.0, and arguments behind a comma, not: " + device);
        }
        if (queues < 1 || queues > 128) {
            throw new IllegalArgumentException("a port has 1 to 128 queues, not " + queues);
        }
        if (ring < 1 || ring > 32768) {
            throw new IllegalArgumentException("a ring has 1 to 32768 packets, not " + ring);
        }
        if (mtu < 68 || mtu > 65000) {
            throw new IllegalArgumentException("the MTU is 68 to 65000, not " + mtu);
        }
    }

    /// One queue, rings of 1024, an MTU of 1500, everything that is sent to others, too, checksums where they
    /// can be.
    public static DpdkPortOptions of(String device) {
        return new DpdkPortOptions(device, 1, 1024, 1500, true, true);
    }

    /// The same with another number of queues.
    public DpdkPortOptions withQueues(int queues) {
        return new DpdkPortOptions(device, queues, ring, mtu, promiscuous, checksums);
    }

    /// The same with other rings.
    public DpdkPortOptions withRing(int ring) {
        return new DpdkPortOptions(device, queues, ring, mtu, promiscuous, checksums);
    }

    /// The same with another MTU.
    public DpdkPortOptions withMtu(int mtu) {
        return new DpdkPortOptions(device, queues, ring, mtu, promiscuous, checksums);
    }

    /// The same, promiscuous or not.
    public DpdkPortOptions withPromiscuous(boolean promiscuous) {
        return new DpdkPortOptions(device, queues, ring, mtu, promiscuous, checksums);
    }

    /// The same with checksums left to the device or not.
    public DpdkPortOptions withChecksums(boolean checksums) {
        return new DpdkPortOptions(device, queues, ring, mtu, promiscuous, checksums);
    }

    /// The device without its arguments.
    public String name() {
        int comma = device.indexOf(',');
        return comma < 0 ? device : device.substring(0, comma);
    }

    /// Whether it is a memif, whose driver works on the interrupt thread, too.
    boolean isMemif() {
        return name().startsWith("net_memif");
    }

    /// The argument `key` of the device, or `otherwise`.
    String argument(String key, String otherwise) {
        String value = otherwise;
        for (String word : device.split(",", -1)) {
            if (word.startsWith(key + "=")) {
                value = word.substring(key.length() + 1);
            }
        }
        return value;
    }

    /// The bus that DPDK finds the device on.
    String bus() {
        return PCI.matcher(name()).matches() ? "pci" : "vdev";
    }
}
