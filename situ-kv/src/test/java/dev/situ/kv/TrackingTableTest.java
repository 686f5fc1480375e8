package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.kv.tracking.TrackingTable;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which clients have read what, counted.
class TrackingTableTest {
    @Test
    void whatItTakesIsCountedAndGivenBack() {
        TrackingTable table = new TrackingTable(_ -> true);
        for (int client = 1; client <= 5; client++) {
            table.add("a", client);
            table.add("a", client);
            table.add("b" + client, 7);
        }
        assertThat(table.keys()).isEqualTo(6);
        assertThat(table.items()).isEqualTo(10);
        long bytes = table.bytes();
        table.add("x".repeat(1000), 7);
        assertThat(table.bytes()).isBetween(bytes + 1000, bytes + 1200);
        assertThat(table.take("a")).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        assertThat(table.take("a")).isEmpty();
        for (String key = table.next(); key != null; key = table.next()) {
            assertThat(table.take(key)).containsExactly(7);
        }
        assertThat(table.items()).isZero();
        assertThat(table.bytes()).isZero();
    }

    /// Clients come, read one key and go: of a hundred thousand, it has room for those that are there.
    @Test
    void whoHasLeftIsForgotten() {
        Set<Long> there = new HashSet<>();
        TrackingTable table = new TrackingTable(there::contains);
        for (long client = 1; client <= 100_000; client++) {
            there.add(client);
            there.remove(client - 10);
            table.add("key", client);
            assertThat(table.items()).isLessThan(50);
            assertThat(table.bytes()).isLessThan(1000);
        }
        assertThat(table.take("key"))
                .contains(there.stream().mapToLong(Long::longValue).toArray());
        assertThat(table.items()).isZero();
        assertThat(table.bytes()).isZero();
    }
}
