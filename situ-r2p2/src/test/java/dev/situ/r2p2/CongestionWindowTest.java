package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CongestionWindowTest {
    private final CongestionWindow window = new CongestionWindow();

    /// Sends as much as the window allows, and lets `lost` of it be lost.
    private static void flight(CongestionWindow window, int lost) {
        int sent = 0;
        while (window.hasRoom()) {
            window.sent();
            sent++;
        }
        window.acknowledged(sent - Math.min(sent, lost));
        if (lost > 0) {
            window.lost(Math.min(sent, lost));
        }
    }

    @Test
    void itGrowsByWhatIsAcknowledgedAndBehindTheFirstLossByOneARoundTrip() {
        flight(window, 0);
        assertThat(window.window()).isEqualTo(2 * CongestionWindow.INITIAL);
        flight(window, 2);
        int behind = window.window();
        flight(window, 0);
        flight(window, 0);
        assertThat(window.window()).isEqualTo(behind + 2);
        for (int i = 0; i < 1000; i++) {
            flight(window, 0);
        }
        assertThat(window.window()).isEqualTo(CongestionWindow.MOST);
    }

    @Test
    void itFallsByHalfOfWhatIsLost() {
        for (int i = 0; i < 32; i++) {
            window.sent();
        }
        window.lost(16);
        assertThat(window.window()).isEqualTo(24);
        window.lost(1);
        assertThat(window.window()).isEqualTo(24);
        window.lost(1); // the second half
        assertThat(window.window()).isEqualTo(23);
        assertThat(window.flying()).isEqualTo(14);
    }

    @Test
    void itIsNeverLessThanTwo() {
        for (int i = 0; i < 100; i++) {
            flight(window, 1000);
        }
        assertThat(window.window()).isEqualTo(CongestionWindow.LEAST);
        flight(window, 0);
        assertThat(window.window()).isEqualTo(CongestionWindow.LEAST + 1);
    }

    @Test
    void aTimeOutTakesThreeTenthsOnceForAllThatWereSentTogether() {
        int first = window.sent();
        int second = window.sent();
        window.timedOut(1, first);
        window.timedOut(1, second);
        assertThat(window.window()).isEqualTo(22);
        window.timedOut(1, window.sent());
        assertThat(window.window()).isEqualTo(15);
    }

    /// What has grown towards the next packet in a large window is not many packets of a small one.
    @Test
    void afterALossItGrowsByOneARoundTrip() {
        flight(window, 2);
        for (int i = 0; i < 400; i++) {
            flight(window, 0);
        }
        while (window.window() > CongestionWindow.LEAST) {
            flight(window, 1000);
        }
        for (int i = 0; i < 10; i++) {
            flight(window, 0);
        }
        assertThat(window.window()).isBetween(CongestionWindow.LEAST + 9, CongestionWindow.LEAST + 11);
    }

    @Test
    void aWindowThatNobodyUsesDoesNotGrow() {
        flight(window, 0);
        int before = window.window();
        for (int i = 0; i < 100; i++) {
            for (int k = 0; k < before / 4; k++) {
                window.sent();
            }
            window.acknowledged(before / 4);
        }
        assertThat(window.window()).isEqualTo(before);
    }

    @Test
    void lossByChanceLeavesAWindowOfMany() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long sum = 0;
        for (int i = 0; i < 10_000; i++) {
            int lost = 0;
            for (int k = 0; k < window.window(); k++) {
                lost += random.nextInt(50) == 0 ? 1 : 0;
            }
            flight(window, lost);
            sum += window.window();
        }
        assertThat(sum / 10_000).as("seed %d", seed).isBetween(80L, 130L); // one in fifty: 100
    }

    /// A link that carries so many packets of both in a round trip, and loses the others: it is used, little is
    /// lost, and who began with less comes to as much.
    @Test
    void twoShareALinkThatIsTooNarrowForBoth() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        CongestionWindow other = new CongestionWindow();
        int carried = 60;
        for (int i = 0; i < 9; i++) {
            flight(window, 0);
        }
        long sent = 0;
        long lost = 0;
        long[] sums = new long[2];
        for (int trip = 0; trip < 4000; trip++) {
            int of = window.window() + other.window();
            int excess = Math.max(0, of - carried);
            int[] losses = new int[2];
            for (int i = 0; i < excess; i++) {
                losses[random.nextInt(of) < window.window() ? 0 : 1]++;
            }
            if (trip >= 2000) {
                sent += of;
                lost += excess;
                sums[0] += window.window();
                sums[1] += other.window();
            }
            flight(window, losses[0]);
            flight(other, losses[1]);
        }
        assertThat(sent / 2000.0).as("seed %d", seed).isBetween(0.9 * carried, 1.2 * carried);
        assertThat((double) lost / sent).as("seed %d", seed).isLessThan(0.1);
        assertThat((double) sums[0] / sums[1]).as("seed %d", seed).isBetween(0.8, 1.25);
    }
}
