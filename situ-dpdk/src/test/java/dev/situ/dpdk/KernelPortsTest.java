package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ports over interfaces of the kernel. Each runs in a process and a network of its own, which needs root.
@Timeout(180)
class KernelPortsTest {
    @BeforeAll
    static void skipWhereItCannotRun() throws Exception {
        String missing = Eal.missing();
        TestEal.require(missing == null, missing);
        TestEal.require(Child.networksWork(), "making a network namespace with a veth pair needs root");
    }

    @ParameterizedTest
    @ValueSource(strings = {"af_packet", "af_xdp", "tap"})
    void framesAndChainsArriveWhole(String driver) throws Exception {
        assertThat(Child.runInNewNetwork(KernelFrames.class, driver)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"af_packet", "af_xdp", "tap"})
    void theKernelReachesTheUserSpaceStack(String driver) throws Exception {
        for (String tool : new String[] {"arping", "ping", "ethtool"}) {
            TestEal.require(
                    Child.run("sh", "-c", "command -v " + tool).isEmpty(),
                    tool + " is not installed (Debian: iputils-arping, iputils-ping, ethtool)");
        }
        assertThat(Child.runInNewNetwork(KernelUdp.class, driver)).isEmpty();
    }
}
