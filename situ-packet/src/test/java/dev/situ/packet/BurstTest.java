package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BurstTest {
    @Test
    void packetsKeepTheirOrderUntilTheBurstIsCleared() {
        Burst burst = new Burst(3);
        assertThat(burst.isEmpty()).isTrue();
        burst.add(10, 100, 5, 7);
        burst.add(10, 105, 6, 7);
        burst.add(11, 300, 0, 8);
        assertThat(burst.isFull()).isTrue();
        assertThat(burst.size()).isEqualTo(3);
        assertThat(burst.buffer(1)).isEqualTo(10);
        assertThat(burst.offset(1)).isEqualTo(105);
        assertThat(burst.length(1)).isEqualTo(6);
        assertThat(burst.origin(2)).isEqualTo(8);
        burst.clear();
        assertThat(burst.isEmpty()).isTrue();
        assertThat(burst.isFull()).isFalse();
    }

    @Test
    void aMovedPacketKeepsItsLengthAndOrigin() {
        Burst burst = new Burst(2);
        burst.add(10, 100, 5, 7);
        burst.move(0, 20, 2000);
        assertThat(burst.buffer(0)).isEqualTo(20);
        assertThat(burst.offset(0)).isEqualTo(2000);
        assertThat(burst.length(0)).isEqualTo(5);
        assertThat(burst.origin(0)).isEqualTo(7);
    }

    @Test
    void whatIsNotThereIsRefused() {
        Burst burst = new Burst(1);
        assertThatThrownBy(() -> burst.buffer(0)).isInstanceOf(IndexOutOfBoundsException.class);
        burst.add(10, 100, 5, 7);
        assertThatThrownBy(() -> burst.add(10, 100, 5, 7)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(burst.size()).isEqualTo(1);
        burst.clear();
        assertThatThrownBy(() -> burst.offset(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> burst.move(0, 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> burst.length(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
