package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Broadcaster.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;

class HealthTrackerTest {

    private static final HostAndPort MASTER = new HostAndPort("a", 1);
    private static final HostAndPort OTHER = new HostAndPort("b", 1);

    private final List<State> told = new ArrayList<>();
    private final HealthTracker health = new HealthTracker(told::add);

    @BeforeEach
    void oneMaster() {
        health.masters(MasterMap.of(MASTER, 2));
    }

    private void allWork() {
        allWork(MASTER);
    }

    private void allWork(HostAndPort master) {
        for (HealthTracker.Part part : HealthTracker.Part.values()) {
            health.works(master, part);
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
        health.failed(MASTER, HealthTracker.Part.READER);
        assertThat(told).containsExactly(State.DOWN);
    }

    @Test
    void isDegradedUntilNothingWorks() {
        allWork();
        for (HealthTracker.Part part : HealthTracker.Part.values()) {
            health.failed(MASTER, part);
            health.failed(MASTER, part);
        }
        assertThat(told).containsExactly(State.UP, State.DEGRADED, State.DOWN);
    }

    @Test
    void staysDownOnceClosed() {
        allWork();
        health.close();
        health.failed(MASTER, HealthTracker.Part.READER);
        health.works(MASTER, HealthTracker.Part.READER);
        assertThat(health.state()).isEqualTo(State.DOWN);
        assertThat(told).containsExactly(State.UP);
    }

    @Test
    void isDegradedWhileOneMasterIsAway() {
        health.masters(MasterMap.of(List.of(MASTER, OTHER)));
        allWork(MASTER);
        assertThat(health.state()).isEqualTo(State.DEGRADED);
        assertThat(health.masters()).isEqualTo("1 of 2");
        allWork(OTHER);
        assertThat(health.state()).isEqualTo(State.UP);
        health.failed(OTHER, HealthTracker.Part.READER);
        assertThat(health.state()).isEqualTo(State.DEGRADED);
    }

    @Test
    void masterThatWasReplacedDoesNotCount() {
        allWork(MASTER);
        allWork(OTHER);
        health.masters(MasterMap.of(OTHER, 2));
        health.failed(MASTER, HealthTracker.Part.READER);
        assertThat(health.state()).isEqualTo(State.UP);
    }

    @Test
    void isDownWhileNoMasterIsKnown() {
        health.masters(MasterMap.of((HostAndPort) null, 2));
        assertThat(told).containsExactly(State.DOWN);
    }

    @Test
    void masterThatIsNewHasTimeToConnect() {
        allWork(MASTER);
        health.masters(MasterMap.of(OTHER, 2));
        assertThat(health.state()).isEqualTo(State.DEGRADED);
        allWork(OTHER);
        assertThat(told).containsExactly(State.UP, State.DEGRADED, State.UP);
    }

    @Test
    void isUpWhenAMasterThatWasAwayHasNoPartitionsAnyMore() {
        health.masters(MasterMap.of(List.of(MASTER, OTHER)));
        allWork(MASTER);
        health.masters(MasterMap.of(MASTER, 2));
        assertThat(health.state()).isEqualTo(State.UP);
    }
}
