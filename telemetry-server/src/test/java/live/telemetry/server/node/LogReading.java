package live.telemetry.server.node;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.Framing;
import live.telemetry.server.log.TopicLog;

/** Logs of which every frame is the envelope's text, so that a test sees what is in them. */
final class LogReading {

    static final Framing FRAMING = json -> json.getBytes(StandardCharsets.UTF_8);

    private LogReading() {}

    /** What a reader finds from the first record to the head. */
    static List<String> texts(TopicLog log) {
        List<String> texts = new ArrayList<>();
        long head = log.head();
        FrameRun run = null;
        for (long seq = log.first(); seq <= head; seq++) {
            run = log.runOf(seq, run);
            texts.add(run == null ? "nothing at " + seq : text(run, seq));
        }
        return texts;
    }

    static String text(FrameRun run, long seq) {
        ByteBuffer view = run.view(0);
        view.limit(run.endOf(seq)).position(run.startOf(seq));
        return StandardCharsets.UTF_8.decode(view).toString();
    }

    static String text(byte[] frame) {
        return new String(frame, StandardCharsets.UTF_8);
    }

    static List<String> texts(List<TelemetryRecord> records) {
        return records.stream().map(EnvelopeCodec::encodeData).toList();
    }
}
