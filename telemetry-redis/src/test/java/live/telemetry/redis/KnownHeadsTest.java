package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;

class KnownHeadsTest {

    private static final Topic A = Topic.of("a");

    private final FenceMode fence = new FenceMode();
    private final KnownHeads heads = new KnownHeads(fence);

    @Test
    void nothingIsKeptWhereReplicationIdsDoTheWork() {
        heads.learn(A, new Position("e", 1));
        fence.byReplicationId(new HostAndPort("a", 1), false);
        assertThat(heads.known(A)).isEqualTo(Position.NONE);
    }

    @Test
    void newestPositionOfTheNewestEpochIsKnown() {
        fence.byReplicationId(new HostAndPort("a", 1), false);
        heads.learn(A, new Position("e", 5));
        heads.learn(A, new Position("e", 3));
        heads.learn(A, Position.NONE);
        assertThat(heads.known(A)).isEqualTo(new Position("e", 5));
        heads.learn(A, new Position("f", 1));
        assertThat(heads.known(A)).isEqualTo(new Position("f", 1));
    }

    @Test
    void topicsAreBounded() {
        fence.byReplicationId(new HostAndPort("a", 1), false);
        for (int i = 0; i <= KnownHeads.MAX_TOPICS; i++) {
            heads.learn(Topic.of("t" + i), new Position("e", 1));
        }
        assertThat(heads.known(Topic.of("t0"))).isEqualTo(Position.NONE);
        assertThat(heads.known(Topic.of("t1"))).isEqualTo(new Position("e", 1));
    }
}
