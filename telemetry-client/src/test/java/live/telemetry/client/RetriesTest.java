package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import live.telemetry.client.transport.TransportEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetriesTest {

    private static final TransportEnd BROKEN = TransportEnd.broken("cut");

    private final Retries retries = new Retries(ReconnectPolicy.DEFAULT, 1, () -> 0.5);

    @Test
    void waitsLongerAfterEachFailureUntilReset() {
        assertThat(retries.after(BROKEN, null).after()).isEqualTo(Duration.ofMillis(250));
        assertThat(retries.after(BROKEN, null).after()).isEqualTo(Duration.ofMillis(500));
        retries.reset();
        assertThat(retries.after(BROKEN, null).after()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void obeysTheServersWait() {
        Duration asked = Duration.ofMillis(1870);
        assertThat(retries.after(TransportEnd.closed(1001, ""), asked).after()).isEqualTo(asked);
    }

    @Test
    void obeysRetryAfterForAnHourAtMost() {
        TransportEnd busy = TransportEnd.refused(503, "", Duration.ofSeconds(7), true);
        assertThat(retries.after(busy, null).after()).isEqualTo(Duration.ofSeconds(7));
        TransportEnd forever = TransportEnd.refused(503, "", Duration.ofDays(700), true);
        assertThat(retries.after(forever, null).after()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void waitsLongerOnceEveryEndpointHasFailed() {
        Retries three = new Retries(ReconnectPolicy.DEFAULT, 3, () -> 0.5);
        for (long wait : new long[] {250, 250, 250, 500, 500, 500, 1000}) {
            assertThat(three.after(BROKEN, null).after()).isEqualTo(Duration.ofMillis(wait));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1006, 1009, 1011, 4408, 4409, 4429})
    void triesAgainAfterOtherCodes(int code) {
        for (int i = 0; i < 5; i++) {
            assertThat(retries.after(TransportEnd.closed(code, ""), null).state())
                    .isEqualTo(ClientState.WAITING);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 426, 429, 500, 503})
    void triesAgainAfterOtherStatuses(int status) {
        for (int i = 0; i < 5; i++) {
            assertThat(retries.after(TransportEnd.refused(status, "", null, true), null)
                            .state())
                    .isEqualTo(ClientState.WAITING);
        }
    }

    @Test
    void givesUpWhenTheServerSaysSo() {
        assertThat(retries.after(TransportEnd.closed(4400, ""), null).state()).isEqualTo(ClientState.CLOSED);
        assertThat(retries.after(TransportEnd.closed(4403, ""), null).state()).isEqualTo(ClientState.UNAUTHORIZED);
        assertThat(retries.after(TransportEnd.refused(403, "", null, true), null)
                        .state())
                .isEqualTo(ClientState.UNAUTHORIZED);
    }

    @Test
    void givesUpWhenAFreshTokenIsRefusedToo() {
        assertThat(retries.after(TransportEnd.closed(4401, ""), null).state()).isEqualTo(ClientState.WAITING);
        assertThat(retries.after(BROKEN, null).state()).isEqualTo(ClientState.WAITING);
        assertThat(retries.after(TransportEnd.refused(401, "", null, true), null)
                        .state())
                .isEqualTo(ClientState.UNAUTHORIZED);
    }

    @Test
    void forgetsARefusalOnceATokenWasTaken() {
        for (int i = 0; i < 3; i++) {
            assertThat(retries.after(TransportEnd.closed(4401, ""), null).state())
                    .isEqualTo(ClientState.WAITING);
            retries.welcomed();
        }
    }

    @Test
    void backsOffWhereTheServerAsksForNoWaitAtAll() {
        TransportEnd atOnce = TransportEnd.refused(503, "", Duration.ZERO, true);
        assertThat(retries.after(atOnce, null).after()).isEqualTo(Duration.ofMillis(250));
        assertThat(retries.after(atOnce, null).after()).isEqualTo(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 511})
    void triesAgainWhereSomethingBeforeTheServerRefuses(int status) {
        for (int i = 0; i < 5; i++) {
            assertThat(retries.after(TransportEnd.refused(status, "", null, false), null)
                            .state())
                    .isEqualTo(ClientState.WAITING);
        }
    }
}
