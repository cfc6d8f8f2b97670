package live.telemetry.server.net.poll;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import live.telemetry.core.json.JsonText;
import live.telemetry.server.session.Pending;
import live.telemetry.server.session.WriteBatch;

/** The envelopes that a poll is answered with, as far as they have come. Bounded by records and by bytes, of which one record may be more. */
final class PollAnswer {

    /** Records of one answer. */
    static final int MAX_RECORDS = 1_000;

    private long maxBytes;
    private final ByteArrayOutputStream envelopes = new ByteArrayOutputStream(0);
    private final Pending pending = new Pending();
    private int records;

    /** How many bytes it may have, from now on. */
    void bound(long most) {
        maxBytes = most;
    }

    int records() {
        return records;
    }

    boolean isFull() {
        return records >= MAX_RECORDS || envelopes.size() >= maxBytes;
    }

    boolean isHalfFull() {
        return records >= MAX_RECORDS / 2 || envelopes.size() >= maxBytes / 2;
    }

    /** Lets a batch take what fits, and no more than one of so many equal shares of the whole. */
    void limit(WriteBatch batch, int shares) {
        int share = Math.max(1, MAX_RECORDS / shares);
        long bytes = Math.max(1, maxBytes / shares);
        batch.limit(Math.min(bytes, Math.max(1, maxBytes - envelopes.size())), Math.min(share, MAX_RECORDS - records));
    }

    /** Takes what is in a batch, and settles it; says how many records of logs those were. */
    long take(WriteBatch batch) {
        records += batch.records();
        long bytes = batch.bytes();
        for (int i = 0; i < batch.size(); i++) {
            ByteBuffer part = batch.buffers()[i];
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            envelopes.writeBytes(copy);
        }
        return batch.commit(bytes, pending);
    }

    /** The body. */
    byte[] body(String cursor) {
        String object = JsonText.object().field("cursor", cursor).text();
        byte[] head = (object.substring(0, object.length() - 1) + ",\"envelopes\":[").getBytes(StandardCharsets.UTF_8);
        // Each envelope has a comma behind it.
        int length = Math.max(0, envelopes.size() - 1);
        ByteArrayOutputStream body = new ByteArrayOutputStream(head.length + length + 2);
        body.writeBytes(head);
        body.write(envelopes.toByteArray(), 0, length);
        body.write(']');
        body.write('}');
        return body.toByteArray();
    }
}
