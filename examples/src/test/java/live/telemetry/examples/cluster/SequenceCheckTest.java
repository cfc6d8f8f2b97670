package live.telemetry.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.client.GapEvent;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

class SequenceCheckTest {

    private static final Topic TOPIC = Topic.of("demo.a");

    private final SequenceCheck check = new SequenceCheck();

    private void receive(long... numbers) {
        for (long number : numbers) {
            check.onRecord(new TelemetryRecord(TOPIC, number, 0, null, JsonData.of(number)));
        }
    }

    @Test
    void countsWhatWasPassedOver() {
        receive(2, 3, 6);
        assertThat(check.count()).isEqualTo(new SequenceCheck.Count(3, 3, 0));
        assertThat(check.last("demo.a")).isEqualTo(6);
    }

    @Test
    void countsWhatComesTwice() {
        receive(1, 2, 2, 1, 3);
        assertThat(check.count()).isEqualTo(new SequenceCheck.Count(5, 0, 2));
    }

    @Test
    void recordsThatAGapNamesAreMissing() {
        receive(1);
        check.onGap(new GapEvent(TOPIC, GapReason.EXPIRED, "e", 2, 4, new Position("e", 4)));
        receive(5);
        assertThat(check.count()).isEqualTo(new SequenceCheck.Count(2, 3, 0));
        assertThat(check.count().flawless()).isFalse();
    }
}
