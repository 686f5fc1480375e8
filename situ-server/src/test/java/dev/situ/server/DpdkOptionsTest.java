package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DpdkOptionsTest {
    private static final String DEVICE = "net_memif0,role=server,socket=/tmp/s";

    private static DpdkOptions of(@Nullable String eal, @Nullable String ip, boolean udpChecksums) {
        return DpdkOptions.of(eal, ip, null, udpChecksums, 2, 4096);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--vdev=" + DEVICE + " --no-huge -m 64", " --no-huge  --vdev " + DEVICE + " -m 64 "})
    void aVirtualDeviceIsTakenOutOfTheArguments(String eal) {
        DpdkOptions options = of(eal, "10.0.0.1/24", true);
        assertThat(options.port().device()).isEqualTo(DEVICE);
        assertThat(options.port().queues()).isEqualTo(2);
        assertThat(options.eal().arguments()).containsExactly("--no-huge", "-m", "64");
    }

    @Test
    void aCardStaysAmongTheArguments() {
        DpdkOptions options = of("-a 0000:01:00.0 -m 64", "10.0.0.1/24", true);
        assertThat(options.port().device()).isEqualTo("0000:01:00.0");
        assertThat(options.eal().arguments()).containsExactly("-a", "0000:01:00.0", "-m", "64");
    }

    @Test
    void datagramsCarryChecksumsUnlessToldOtherwise() {
        assertThat(of("--vdev=net_tap0", "10.0.0.1/24", true).stack().udpChecksums())
                .isTrue();
        assertThat(of("--vdev=net_tap0", "10.0.0.1/24", false).stack().udpChecksums())
                .isFalse();
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> of(null, "10.0.0.1/24", true)).hasMessageContaining("needs --eal");
        assertThatThrownBy(() -> of("--vdev=net_tap0", null, true)).hasMessageContaining("--ip <address>/<prefix>");
        assertThatThrownBy(() -> of("-m 64", "10.0.0.1/24", true)).hasMessageContaining("--eal names no device");
        assertThatThrownBy(() -> of("--vdev=net_tap0", "10.0.0.300/24", true)).isInstanceOf(UserError.class);
    }
}
