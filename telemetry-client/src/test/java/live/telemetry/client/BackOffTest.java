package live.telemetry.client;

import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** A server that is gone for a minute. */
class BackOffTest {

    private final Bench bench = new Bench();
    private final Told told = new Told();

    /** Every attempt is refused at once until a minute is over. */
    private List<Long> waitsOfAMinute() {
        List<Long> waits = new ArrayList<>();
        long end = bench.loop.nowMillis() + 60_000;
        bench.server().breaks();
        while (bench.loop.nowMillis() < end) {
            assertThat(bench.client.state()).isEqualTo(ClientState.WAITING);
            Duration wait = bench.lastChange().retryAfter();
            waits.add(wait.toMillis());
            int attempts = bench.transports.size();
            bench.loop.advance(wait.minusMillis(1));
            assertThat(bench.transports).as("not too soon").hasSize(attempts);
            bench.loop.advance(Duration.ofMillis(1));
            assertThat(bench.transports).as("in time").hasSize(attempts + 1);
            bench.server().breaks();
        }
        return waits;
    }

    private void liveForLong() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.loop.advance(ReconnectPolicy.DEFAULT.stableAfter());
        bench.server().says(data("host.cpu", 6));
    }

    @Test
    void theLongestWaitsDoubleUpToTheMaximum() {
        bench.random = 1;
        liveForLong();
        assertThat(waitsOfAMinute()).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L);
    }

    @Test
    void theyAreDrawnFromAllThatIsBelow() {
        bench.random = 0.5;
        liveForLong();
        assertThat(waitsOfAMinute())
                .containsExactly(250L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L, 15_000L, 15_000L);
    }

    @Test
    void thenEverythingGoesOnWhereItStood() {
        liveForLong();
        waitsOfAMinute();
        bench.loop.advance(bench.lastChange().retryAfter());
        bench.server().welcome();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 6)));
        bench.answer("host.cpu", "e", 6);
        bench.server().says(data("host.cpu", 7));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
        bench.random = 1;
        bench.loop.advance(ReconnectPolicy.DEFAULT.stableAfter());
        bench.server().breaks();
        assertThat(bench.lastChange().retryAfter())
                .as("from the beginning, since it has worked for a while")
                .isEqualTo(ReconnectPolicy.DEFAULT.base());
    }
}
