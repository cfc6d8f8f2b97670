package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {

    private static RedisAddress of(String uri) {
        return RedisAddress.of(URI.create(uri));
    }

    @Test
    void everythingButTheHostMayBeLeftOut() {
        assertThat(of("redis://redis.example"))
                .isEqualTo(new RedisAddress("redis.example", 6379, false, null, null, 0));
        assertThat(of("redis://redis.example/")).isEqualTo(of("redis://redis.example:6379/0"));
    }

    @Test
    void everythingCanBeSaid() {
        assertThat(of("rediss://user:p%40ss+%2Fword@10.0.0.1:7000/3"))
                .isEqualTo(new RedisAddress("10.0.0.1", 7000, true, "user", "p@ss+/word", 3));
        assertThat(of("redis://:secret@h")).isEqualTo(new RedisAddress("h", 6379, false, null, "secret", 0));
    }

    @Test
    void passwordIsNotShown() {
        assertThat(of("redis://user:secret@h")).hasToString("redis://h:6379/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h", "redis:///0", "h:6379", "redis://h/x", "redis://h/1/2", "redis://h/-1"})
    void othersAreRefused(String uri) {
        assertThatThrownBy(() -> of(uri)).isInstanceOf(IllegalArgumentException.class);
    }
}
