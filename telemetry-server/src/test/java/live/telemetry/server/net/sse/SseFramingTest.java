package live.telemetry.server.net.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import live.telemetry.core.Position;
import org.junit.jupiter.api.Test;

class SseFramingTest {

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void anEnvelopeIsTheDataOfOneEvent() {
        assertThat(text(SseFraming.PLAIN.frame("{\"a\":\"€\"}"))).isEqualTo("data: {\"a\":\"€\"}\n\n");
        assertThat(text(SseFraming.WITH_IDS.frame("{}"))).isEqualTo("data: {}\n\n");
        assertThat(text(SseFraming.frame("{}", "e:4"))).isEqualTo("id: e:4\ndata: {}\n\n");
    }

    @Test
    void aRecordHasItsPositionAsIdOrNone() {
        Position position = new Position("k3x9", 42);
        assertThat(text(SseFraming.WITH_IDS.before(position))).isEqualTo("id: k3x9:42\ndata: ");
        assertThat(text(SseFraming.PLAIN.before(position))).isEqualTo("data: ");
        assertThat(text(SseFraming.PLAIN.behind())).isEqualTo("\n\n");
    }

    @Test
    void anIdCanStandAloneAndBeTakenBack() {
        assertThat(text(SseFraming.idOnly("AQAA"))).isEqualTo("id: AQAA\n\n");
        assertThat(text(SseFraming.idOnly(""))).isEqualTo("id:\n\n");
    }

    @Test
    void aRetryGoesWithTheEventBehindIt() {
        assertThat(text(SseFraming.retry(1_500))).isEqualTo("retry: 1500\n");
        assertThat(text(SseFraming.retrying(1_500, "{}"))).isEqualTo("retry: 1500\ndata: {}\n\n");
    }
}
