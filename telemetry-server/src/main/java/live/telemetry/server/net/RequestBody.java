package live.telemetry.server.net;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The body of a request while it comes. It grows with what has come: what a head announces costs nothing yet. */
final class RequestBody {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private int missing;

    /** As long as the head says; that is within the bound. */
    RequestBody(int length) {
        this.missing = length;
    }

    /** Takes what belongs to it; the rest is the next request. */
    void take(ByteBuffer in) {
        byte[] part = new byte[Math.min(missing, in.remaining())];
        in.get(part);
        bytes.writeBytes(part);
        missing -= part.length;
    }

    boolean isComplete() {
        return missing == 0;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
