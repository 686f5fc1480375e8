package dev.situ.server;

import dev.situ.dpdk.DpdkPortOptions;
import dev.situ.dpdk.EalOptions;
import dev.situ.udp.PortStackOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the command line says of DPDK.
///
/// @param eal how its environment is started
/// @param port the device that is served, and how many pollers share it
/// @param stack the address of the UDP stack on it
/// @param packets how many packets there are room for
record DpdkOptions(EalOptions eal, DpdkPortOptions port, PortStackOptions stack, int packets) {
    private static final String VDEV = "--vdev";
    private static final String ALLOW = "-a";

    /// Reads the options.
    ///
    /// @param arguments of the EAL, in one string; the first `--vdev` or `-a` names the device
    /// @param ip address and prefix, as `10.0.0.1/24`
    /// @param udpChecksums whether what is sent carries them
    /// @throws UserError and says what is wrong
    static DpdkOptions of(
            @Nullable String arguments,
            @Nullable String ip,
            @Nullable String gateway,
            boolean udpChecksums,
            int pollers,
            int packets) {
        if (arguments == null || ip == null) {
            throw new UserError("--transport dpdk needs --eal \"<arguments>\" and --ip <address>/<prefix>, for instance"
                    + " --eal \"--no-pci --no-huge --no-shconf -m 64 --vdev=net_tap0,iface=situ0\" --ip 10.0.0.1/24");
        }
        List<String> rest = new ArrayList<>();
        String device = device(words(arguments), rest);
        if (device == null) {
            throw new UserError("--eal names no device: add --vdev=<device>, for instance --vdev=net_tap0,iface=situ0,"
                    + " or -a <address of a card>");
        }
        try {
            PortStackOptions stack = PortStackOptions.at(ip).withUdpChecksums(udpChecksums);
            return new DpdkOptions(
                    new EalOptions(rest),
                    DpdkPortOptions.of(device).withQueues(pollers),
                    gateway == null ? stack : stack.withGateway(gateway),
                    packets);
        } catch (IllegalArgumentException e) {
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> words(String arguments) {
        return List.of(arguments.strip().split("\\s+"));
    }

    /// Takes the device out of the arguments: a virtual one is plugged in later, a card stays among them.
    private static @Nullable String device(List<String> words, List<String> rest) {
        String device = null;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean hasNext = i + 1 < words.size();
            if (device == null && word.startsWith(VDEV + "=")) {
                device = word.substring(VDEV.length() + 1);
            } else if (device == null && word.equals(VDEV) && hasNext) {
                device = words.get(++i);
            } else {
                if (device == null && word.equals(ALLOW) && hasNext) {
                    device = words.get(i + 1);
                }
                rest.add(word);
            }
        }
        return device;
    }
}
