package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RestTest {

    private static final long NOW = 1_000_000_000L;

    private final Rest rest = new Rest(Duration.ZERO);

    @Test
    void longRoundIsFollowedByHalfAsLongAgain() {
        long round = TimeUnit.MILLISECONDS.toNanos(2);
        rest.after(round, NOW);

        assertThat(rest.isOn()).isTrue();
        assertThat(rest.left(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(3));
        assertThat(rest.isOver(NOW + TimeUnit.MILLISECONDS.toNanos(3) - 1)).isFalse();
        assertThat(rest.isOver(NOW + TimeUnit.MILLISECONDS.toNanos(3))).isTrue();
        assertThat(rest.isOn()).isFalse();
    }

    @Test
    void shortRoundNeedsNone() {
        rest.after(Rest.SHORT_ROUND_NANOS - 1, NOW);

        assertThat(rest.isOver(NOW)).isTrue();
        assertThat(rest.left(NOW)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void hasALongest() {
        rest.after(TimeUnit.SECONDS.toNanos(1), NOW);

        assertThat(rest.left(NOW)).isEqualTo(Rest.LONGEST_NANOS);
    }

    @Test
    void flushIntervalIsCountedFromTheBeginningOfTheRound() {
        Rest spaced = new Rest(Duration.ofMillis(10));
        spaced.after(TimeUnit.MICROSECONDS.toNanos(100), NOW);

        assertThat(spaced.left(NOW)).isEqualTo(TimeUnit.MICROSECONDS.toNanos(9_900));
    }

    @Test
    void roundLongerThanTheFlushIntervalIsFollowedByARestOfItsOwn() {
        Rest spaced = new Rest(Duration.ofMillis(1));
        spaced.after(TimeUnit.MILLISECONDS.toNanos(2), NOW);

        assertThat(spaced.left(NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(3));
    }

    @Test
    void isNotPutOffByRoundsWithinIt() {
        Rest spaced = new Rest(Duration.ofMillis(10));
        spaced.after(0, NOW);
        spaced.after(TimeUnit.MILLISECONDS.toNanos(2), NOW + TimeUnit.MILLISECONDS.toNanos(9));

        assertThat(spaced.isOver(NOW + TimeUnit.MILLISECONDS.toNanos(10))).isTrue();
    }

    @Test
    void canBeEnded() {
        rest.after(TimeUnit.MILLISECONDS.toNanos(2), NOW);
        rest.end();

        assertThat(rest.isOn()).isFalse();
        assertThat(rest.isOver(NOW)).isTrue();
    }
}
