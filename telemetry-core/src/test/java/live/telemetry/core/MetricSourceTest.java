package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MetricSourceTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void lambdaIsAskedAtEachSample() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        MetricSource source = MetricSource.of("host.load", SECOND, asked::incrementAndGet);

        assertThat(source.topic()).isEqualTo(Topic.of("host.load"));
        assertThat(source.interval()).isEqualTo(SECOND);
        assertThat(source.onlyWhileSubscribed()).isFalse();
        assertThat(asked).as("asked before the first sample").hasValue(0);
        assertThat(source.sample()).isEqualTo(1);
        assertThat(source.sample()).isEqualTo(2);
    }

    @Test
    void nullAndErrorsPassThrough() throws Exception {
        assertThat(MetricSource.of("a", SECOND, () -> null).sample()).isNull();

        MetricSource failing = MetricSource.of("a", SECOND, () -> {
            throw new IOException("sensor is away");
        });
        assertThatThrownBy(failing::sample).isInstanceOf(IOException.class).hasMessage("sensor is away");
    }

    @Test
    void badTopicOrIntervalIsRefusedAtOnce() {
        assertThatThrownBy(() -> MetricSource.of("host.*", SECOND, () -> 1))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TOPIC));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricSource.of("a", Duration.ZERO, () -> 1))
                .withMessage("interval of a must be positive: PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricSource.of("a", Duration.ofMillis(-1), () -> 1))
                .withMessageStartingWith("interval of a must be positive");
    }

    @Test
    void whileSubscribedChangesNothingElse() throws Exception {
        MetricSource own = new MetricSource() {
            @Override
            public Topic topic() {
                return Topic.of("disk.usage");
            }

            @Override
            public Duration interval() {
                return SECOND;
            }

            @Override
            public Object sample() {
                return Sample.of("sda", 0.5);
            }
        };

        MetricSource lazy = own.whileSubscribed();

        assertThat(own.onlyWhileSubscribed()).isFalse();
        assertThat(lazy.onlyWhileSubscribed()).isTrue();
        assertThat(lazy.topic()).isEqualTo(own.topic());
        assertThat(lazy.interval()).isEqualTo(SECOND);
        assertThat(lazy.sample()).isEqualTo(new Sample("sda", 0.5, null));
    }
}
