package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReconnectPolicyTest {

    private static final double ALMOST_ONE = Math.nextDown(1.0);

    private final ReconnectPolicy policy = ReconnectPolicy.DEFAULT;

    @Test
    void longestWaitDoublesUpToTheMaximum() {
        long[] expected = {499, 999, 1999, 3999, 7999, 15999, 29999, 29999};
        for (int failures = 0; failures < expected.length; failures++) {
            assertThat(policy.delay(failures, ALMOST_ONE))
                    .as("after %d failures", failures)
                    .isEqualTo(Duration.ofMillis(expected[failures]));
        }
    }

    @Test
    void jitterIsFull() {
        assertThat(policy.delay(3, 0)).isZero();
        assertThat(policy.delay(3, 0.25)).isEqualTo(Duration.ofMillis(1000));
    }

    @Test
    void neverExceedsTheMaximumHoweverOftenItFails() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            int failures = random.nextInt(Integer.MAX_VALUE);
            assertThat(policy.delay(failures, random.nextDouble()))
                    .as("seed %d", seed)
                    .isBetween(Duration.ZERO, policy.max());
        }
        ReconnectPolicy huge = new ReconnectPolicy(Duration.ofMillis(1), Duration.ofDays(100_000_000), Duration.ZERO);
        assertThat(huge.delay(Integer.MAX_VALUE, ALMOST_ONE)).isBetween(Duration.ZERO, huge.max());
    }

    @Test
    void refusesDurationsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconnectPolicy(Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO))
                .withMessageContaining("base");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconnectPolicy(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ZERO))
                .withMessageContaining("max");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new ReconnectPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(-1)))
                .withMessageContaining("stableAfter");
    }
}
