package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static String text(Requests requests) {
        byte[] bytes = requests.memory().asSlice(0, requests.length()).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Test
    void requestsAreResp() {
        try (Requests requests = new Requests(Dialect.RESP, Sizes.fixed(18), 2)) {
            requests.get(42);
            assertThat(text(requests)).isEqualTo("*2\r\n$3\r\nGET\r\n$18\r\nkey:000000000042xx\r\n");
            requests.delete(999_999_999_999L);
            assertThat(text(requests)).isEqualTo("*2\r\n$3\r\nDEL\r\n$18\r\nkey:999999999999xx\r\n");
            requests.set(7, 3, 0);
            assertThat(text(requests)).isEqualTo("*3\r\n$3\r\nSET\r\n$18\r\nkey:000000000007xx\r\n$3\r\nvvv\r\n");
            requests.set(7, 0, 0);
            assertThat(text(requests)).endsWith("$0\r\n\r\n");
        }
    }

    @Test
    void orMemcachedsText() {
        try (Requests requests = new Requests(Dialect.MEMCACHED, Sizes.fixed(18), 2)) {
            requests.get(42);
            assertThat(text(requests)).isEqualTo("get key:000000000042xx\r\n");
            requests.delete(1);
            assertThat(text(requests)).isEqualTo("delete key:000000000001xx\r\n");
            requests.set(7, 3, 0);
            assertThat(text(requests)).isEqualTo("set key:000000000007xx 0 0 3\r\nvvv\r\n");
        }
    }

    @Test
    void aLongRequestStaysAsItIsWhileOthersAreWritten() {
        try (Requests requests = new Requests(Dialect.RESP, Sizes.fixed(16), 2)) {
            requests.set(1, 200_000, 0);
            var first = requests.memory().asSlice(0, requests.length());
            requests.set(2, 300_000, 1);
            requests.get(3);

            String text = new String(first.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
            assertThat(text).startsWith("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$200000\r\n");
            assertThat(text).endsWith("v".repeat(200_000) + "\r\n");
        }
    }

    @Test
    void aKeyAlwaysHasTheSameLength() {
        Keys keys = new Keys(Preset.ETC.workload().keySizes());
        for (long number = 0; number < 1_000; number++) {
            assertThat(keys.length(number)).isEqualTo(keys.length(number)).isBetween(16, 250);
        }
    }
}
