package dev.situ.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMemoryTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 127, 128, 129, 1 << 20, (1 << 20) + 1, 5_000_000})
    void aBlockIsLargeEnough(long bytes) {
        try (ClientMemory memory = new ClientMemory()) {
            ClientMemory.Block block = memory.take(bytes);
            assertThat(block.memory().byteSize()).isGreaterThanOrEqualTo(bytes);
            memory.giveBack(block);
        }
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void aBlockThatWasGivenBackIsTakenAgain() {
        try (ClientMemory memory = new ClientMemory()) {
            ClientMemory.Block block = memory.take(1000);
            memory.giveBack(block);
            assertThat(memory.take(800)).isSameAs(block);
            assertThat(memory.take(800)).isNotSameAs(block);
        }
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void nothingIsReadableOnceItIsFreed() {
        ClientMemory memory = new ClientMemory();
        ClientMemory.Block pooled = memory.take(100);
        ClientMemory.Block large = memory.take(2_000_000);
        memory.giveBack(large);
        assertThatThrownBy(() -> Words.getByte(large.memory(), 0)).isInstanceOf(IllegalStateException.class);
        memory.close();
        assertThatThrownBy(() -> Words.getByte(pooled.memory(), 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.take(100)).isInstanceOf(IllegalStateException.class);
    }
}
