package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Broadcaster.State;
import org.junit.jupiter.api.Test;

class HealthTrackerTest {

    private final List<State> told = new ArrayList<>();
    private final HealthTracker health = new HealthTracker(told::add);

    private void allWork() {
        for (HealthTracker.Part part : HealthTracker.Part.values()) {
            health.works(part);
        }
    }

    @Test
    void isUpWhenEverythingWorks() {
        assertThat(health.state()).isEqualTo(State.DEGRADED);
        allWork();
        assertThat(health.state()).isEqualTo(State.UP);
        assertThat(told).containsExactly(State.UP);
    }

    @Test
    void isDownWhenTheFirstAttemptFails() {
        health.failed(HealthTracker.Part.READER);
        assertThat(told).containsExactly(State.DOWN);
    }

    @Test
    void isDegradedUntilNothingWorks() {
        allWork();
        for (HealthTracker.Part part : HealthTracker.Part.values()) {
            health.failed(part);
            health.failed(part);
        }
        assertThat(told).containsExactly(State.UP, State.DEGRADED, State.DOWN);
    }

    @Test
    void staysDownOnceClosed() {
        allWork();
        health.close();
        health.failed(HealthTracker.Part.READER);
        health.works(HealthTracker.Part.READER);
        assertThat(health.state()).isEqualTo(State.DOWN);
        assertThat(told).containsExactly(State.UP);
    }
}
