package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublishBufferTest {

    private final PublishBuffer buffer = new PublishBuffer(2, 10);

    @Test
    void refusesMoreRecordsThanAllowed() {
        assertThat(buffer.tryAdd(1)).isTrue();
        assertThat(buffer.tryAdd(1)).isTrue();
        assertThat(buffer.tryAdd(1)).isFalse();
        buffer.remove(1);
        assertThat(buffer.tryAdd(1)).isTrue();
    }

    @Test
    void refusesMoreBytesThanAllowedAndCountsNothingForThem() {
        assertThat(buffer.tryAdd(9)).isTrue();
        assertThat(buffer.tryAdd(2)).isFalse();
        assertThat(buffer.records()).isEqualTo(1);
        assertThat(buffer.bytes()).isEqualTo(9);
        assertThat(buffer.tryAdd(1)).isTrue();
    }
}
