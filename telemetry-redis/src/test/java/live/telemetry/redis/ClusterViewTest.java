package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import live.telemetry.redis.ClusterFinder.SlotOwner;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;

class ClusterViewTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Object> node(String host, long port, String id) {
        return Arrays.asList(host == null ? null : bytes(host), port, bytes(id), List.of());
    }

    private static final byte[] LINES = bytes("""
            aa 10.0.0.1:7000@17000 myself,master - 0 0 7 connected 0-8191
            bb 10.0.0.2:7000@17000 master - 0 0 9 connected 8192-16383
            cc 10.0.0.3:7000@17000 slave aa 0 0 7 connected
            """);

    @Test
    void mastersAreTheFirstOfEachRange() {
        ClusterView view = ClusterView.of(
                List.of(
                        List.of(0L, 8191L, node("10.0.0.1", 7000, "aa"), node("10.0.0.3", 7000, "cc")),
                        List.of(8192L, 16383L, node("10.0.0.2", 7000, "bb"))),
                LINES,
                "asked");
        assertThat(view.owner(8191)).isEqualTo(new SlotOwner(new HostAndPort("10.0.0.1", 7000), "aa", 7));
        assertThat(view.owner(8192)).isEqualTo(new SlotOwner(new HostAndPort("10.0.0.2", 7000), "bb", 9));
        assertThat(view.nodes()).hasSize(3);
        assertThat(view.hasNode("cc")).isTrue();
        assertThat(view.hasNode("dd")).isFalse();
    }

    @Test
    void nodeThatDoesNotKnowItsAddressIsWhereItWasAsked() {
        ClusterView view = ClusterView.of(
                List.of(
                        List.of(0L, 1L, node(null, 7000, "aa")),
                        List.of(2L, 2L, node("", 7001, "bb")),
                        List.of(3L, 3L, node("?", 7002, "cc"))),
                "refused",
                "asked");
        assertThat(view.owner(0)).isEqualTo(new SlotOwner(new HostAndPort("asked", 7000), "aa", 0));
        assertThat(view.owner(2)).isEqualTo(new SlotOwner(new HostAndPort("asked", 7001), "bb", 0));
        assertThat(view.owner(3)).as("a node whose address nobody knows").isNull();
        assertThat(view.owner(4)).as("a slot that nobody has").isNull();
    }
}
