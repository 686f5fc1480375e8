package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.optimap.History.Kind;
import dev.situ.optimap.History.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The checker must be able to fail.
class HistoryTest {
    @Test
    void aReadThatOverlapsAWriteMaySeeEitherValue() {
        Operation put = new Operation(0, Kind.PUT, 7, 0, 0, 0, 10);
        assertThat(History.violation(List.of(put, new Operation(1, Kind.GET, 0, 0, 0, 5, 11))))
                .isNull();
        assertThat(History.violation(List.of(put, new Operation(1, Kind.GET, 0, 0, 7, 5, 11))))
                .isNull();
    }

    @Test
    void aReadAfterAWriteMustSeeIt() {
        Operation put = new Operation(0, Kind.PUT, 7, 0, 0, 0, 10);
        Operation stale = new Operation(1, Kind.GET, 0, 0, 0, 10, 11);
        assertThat(History.violation(List.of(put, stale))).isEqualTo(stale);
    }

    @Test
    void aValueThatWasSeenCannotBeUnseen() {
        Operation put = new Operation(0, Kind.PUT, 7, 0, 0, 0, 20);
        Operation sees = new Operation(1, Kind.GET, 0, 0, 7, 1, 5);
        Operation unsees = new Operation(1, Kind.GET, 0, 0, 0, 6, 10);
        assertThat(History.violation(List.of(put, sees, unsees))).isEqualTo(unsees);
    }

    @Test
    void twoInsertsCannotBothFindTheKeyAbsent() {
        Operation one = new Operation(0, Kind.PUT_IF_ABSENT, 7, 0, 0, 0, 10);
        Operation two = new Operation(1, Kind.PUT_IF_ABSENT, 8, 0, 0, 0, 11);
        assertThat(History.violation(List.of(one, two))).isEqualTo(two);
    }

    @Test
    void twoRemovalsCannotBothTakeTheValue() {
        Operation put = new Operation(0, Kind.PUT, 7, 0, 0, 0, 1);
        Operation one = new Operation(0, Kind.REMOVE, 0, 0, 7, 1, 10);
        Operation two = new Operation(1, Kind.REMOVE_IF, 0, 7, 1, 1, 11);
        assertThat(History.violation(List.of(put, one, two))).isEqualTo(two);
    }
}
