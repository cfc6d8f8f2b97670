package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import live.telemetry.redis.RedisAddress.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;

class RedisAddressTest {

    private static RedisAddress of(String uri) {
        return RedisAddress.of(URI.create(uri));
    }

    private static HostAndPort at(String host, int port) {
        return new HostAndPort(host, port);
    }

    @Test
    void everythingButTheHostMayBeLeftOut() {
        RedisAddress address = of("redis://redis.example");
        assertThat(address.kind()).isEqualTo(Kind.SINGLE);
        assertThat(address.hosts()).containsExactly(at("redis.example", 6379));
        assertThat(address.tls()).isFalse();
        assertThat(address.login()).isEqualTo(RedisLogin.NONE);
        assertThat(address.database()).isZero();
        assertThat(of("redis://redis.example/")).isEqualTo(of("redis://redis.example:6379/0"));
    }

    @Test
    void everythingCanBeSaid() {
        RedisAddress address = of("rediss://user:p%40ss+%2Fword@10.0.0.1:7000/3");
        assertThat(address.hosts()).containsExactly(at("10.0.0.1", 7000));
        assertThat(address.tls()).isTrue();
        assertThat(address.login()).isEqualTo(new RedisLogin("user", "p@ss+/word"));
        assertThat(address.database()).isEqualTo(3);
        assertThat(of("redis://:secret@h").login()).isEqualTo(new RedisLogin(null, "secret"));
    }

    @Test
    void sentinelsAreNamedWithTheirMaster() {
        RedisAddress address =
                of("redis-sentinel://app:secret@a,b:26380/my-master/2?sentinelUser=watch&sentinelPassword=p%26q");
        assertThat(address.kind()).isEqualTo(Kind.SENTINEL);
        assertThat(address.hosts()).containsExactly(at("a", 26379), at("b", 26380));
        assertThat(address.masterName()).isEqualTo("my-master");
        assertThat(address.login()).isEqualTo(new RedisLogin("app", "secret"));
        assertThat(address.sentinelLogin()).isEqualTo(new RedisLogin("watch", "p&q"));
        assertThat(address.database()).isEqualTo(2);
        assertThat(of("rediss-sentinel://a/m").tls()).isTrue();
    }

    @Test
    void someNodesOfAClusterAreEnough() {
        RedisAddress address = of("redis-cluster://app:secret@a,b:7001");
        assertThat(address.kind()).isEqualTo(Kind.CLUSTER);
        assertThat(address.hosts()).containsExactly(at("a", 6379), at("b", 7001));
        assertThat(of("rediss-cluster://a").tls()).isTrue();
        assertThat(of("redis-cluster://[::1]:7001").hosts()).containsExactly(at("[::1]", 7001));
    }

    @Test
    void clusterHasOneDatabase() {
        assertThatThrownBy(() -> of("redis-cluster://a/1")).hasMessage("a Redis Cluster has only database 0, not 1");
        assertThatThrownBy(() ->
                        RedisBroadcaster.builder().uri("redis-cluster://a").database(2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void passwordIsNotShown() {
        assertThat(of("redis://user:secret@h")).hasToString("redis://h:6379/0");
        assertThat(of("redis-sentinel://user:secret@h,i/m?sentinelPassword=secret"))
                .hasToString("redis-sentinel://h:26379,i:26379/m/0");
        assertThat(new RedisLogin("user", "secret")).hasToString("user");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://u:s3cret/x@h",
                "redis://u:s3cret?x@h",
                "redis://u:12345/s3cret@h:6379/0",
                "redis://u:s3^cret@h",
                "redis://u:s3cret,@h,/0"
            })
    void passwordThatIsNotEncodedIsNotRepeated(String uri) {
        assertThatThrownBy(() -> RedisBroadcaster.builder().uri(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .message()
                .doesNotContain("cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://h:0",
                "redis://h:70000",
                "http://h",
                "redis:///0",
                "h:6379",
                "redis://h/x",
                "redis://h/1/2",
                "redis://h/-1",
                "redis://a,b",
                "redis://h?sentinelUser=x",
                "redis-sentinel://h",
                "redis-sentinel://h/m?user=x",
                "redis-cluster://a,,b",
                "redis-cluster://a:b"
            })
    void othersAreRefused(String uri) {
        assertThatThrownBy(() -> of(uri)).isInstanceOf(IllegalArgumentException.class);
    }
}
