package live.telemetry.server.net.sse;

import java.nio.charset.StandardCharsets;
import live.telemetry.core.Position;
import live.telemetry.server.log.DerivedFraming;

/**
 * An envelope as one event: its JSON, which is one line, behind {@code data:}. There is no {@code event:}, since a type of ours
 * would collide with the {@code error} of {@code EventSource}.
 */
public enum SseFraming implements DerivedFraming {
    /** Each record has its position as the event's id: of streams with one topic. */
    WITH_IDS {
        @Override
        public byte[] before(Position position) {
            return ascii("id: " + position + "\n" + DATA);
        }
    },
    /** Records have no id of their own. */
    PLAIN {
        @Override
        public byte[] before(Position position) {
            return DATA_BYTES;
        }
    };

    private static final String DATA = "data: ";
    private static final byte[] DATA_BYTES = ascii(DATA);
    private static final byte[] END = ascii("\n\n");

    @Override
    public byte[] behind() {
        return END;
    }

    @Override
    public byte[] frame(String json) {
        return (DATA + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** An envelope behind which a client can resume. */
    static byte[] frame(String json, String id) {
        return ("id: " + id + "\n" + DATA + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** An event that has an id and nothing else; a client notes it, and shows nothing to the page. */
    static byte[] idOnly(String id) {
        return ascii(id.isEmpty() ? "id:\n\n" : "id: " + id + "\n\n");
    }

    /** How long the client waits before it comes back, which goes with the event that follows. */
    static byte[] retry(long millis) {
        return ascii("retry: " + millis + "\n");
    }

    /** An envelope after which the client has to come back. */
    static byte[] retrying(long millis, String json) {
        return ("retry: " + millis + "\n" + DATA + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
