package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.server.log.DerivedFraming;
import live.telemetry.server.log.Framing;

/**
 * A client at the other end of a transport without a socket. It takes as many bytes of each write as a test wants, so that
 * frames are cut anywhere, and reads what it took as lines. It drains a session as a connection does.
 */
final class TestPeer implements Transport {

    static final Framing LINES = json -> (json + '\n').getBytes(StandardCharsets.UTF_8);

    /** The same lines, with the position before each record. */
    private static final DerivedFraming POSITIONED = new DerivedFraming() {
        @Override
        public byte[] before(Position position) {
            return (position + " ").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] behind() {
            return new byte[0];
        }

        @Override
        public byte[] frame(String json) {
            return LINES.frame(json);
        }
    };

    private final SessionRig rig;
    private final Framing framing;
    private final Session session;
    private final Pending pending = new Pending();
    private final ByteArrayOutputStream cutLine = new ByteArrayOutputStream();
    private final List<String> lines = new ArrayList<>();

    private LongUnaryOperator takes = offered -> offered;
    private boolean queued;
    private boolean blocked;
    private boolean gone;
    private boolean acceptsInput = true;
    private CloseReason closing;
    private boolean ended;
    private long records;
    private int largestPending;

    TestPeer(SessionRig rig, boolean positioned, Function<TestPeer, Session> opens) {
        this.framing = positioned ? POSITIONED : LINES;
        this.rig = rig;
        this.session = opens.apply(this);
        session.welcome();
    }

    Session session() {
        return session;
    }

    // ---- the client's side

    /** Sends a message, and lets the loop do what follows from it now. */
    TestPeer send(String json) {
        rig.loop().execute(() -> onText(json));
        rig.settle();
        return this;
    }

    private void onText(String json) {
        if (closing == null && !gone) {
            session.onMessage(json);
        }
    }

    /** From now on a write of so many bytes takes what this answers, at most all of it. */
    void takes(LongUnaryOperator operator) {
        takes = operator;
    }

    /** Takes nothing until {@link #drain}. */
    void stall() {
        takes = offered -> 0;
    }

    /** Takes everything again. */
    void drain() {
        takes = offered -> offered;
        unblock();
        rig.settle();
    }

    /** The channel can be written again. */
    void unblock() {
        if (blocked) {
            blocked = false;
            ready();
        }
    }

    boolean isBlocked() {
        return blocked;
    }

    /** Hangs up. */
    void disconnect() {
        rig.loop().execute(this::hangUp);
        rig.settle();
    }

    private void hangUp() {
        if (!gone) {
            gone = true;
            session.onClosed();
        }
    }

    boolean isGone() {
        return gone;
    }

    /** What came, complete lines as they were on the wire, and forgets them. */
    List<String> takeLines() {
        List<String> taken = new ArrayList<>(lines);
        lines.clear();
        return taken;
    }

    /** What came, decoded. */
    List<ServerEnvelope> takeEnvelopes() {
        return takeLines().stream().map(EnvelopeCodec::decodeServer).toList();
    }

    /** What came, in the shape of {@link Brief}. */
    List<String> take() {
        return takeEnvelopes().stream()
                .map(envelope -> Brief.of(envelope).replaceAll("\\bL[0-9a-z]{4,}\\b", "E"))
                .toList();
    }

    boolean acceptsInput() {
        return acceptsInput;
    }

    CloseReason closing() {
        return closing;
    }

    /** Whether it was told good-bye after all answers. */
    boolean hasEnded() {
        return ended;
    }

    /** Records that the batches said were delivered. */
    long records() {
        return records;
    }

    int largestPending() {
        return largestPending;
    }

    // ---- Transport

    @Override
    public Framing framing() {
        return framing;
    }

    @Override
    public void ready() {
        if (!queued && !gone) {
            queued = true;
            rig.loop().flushLater(this::flush);
        }
    }

    @Override
    public void acceptInput(boolean accept) {
        assertThat(accept).as("told only when it changes").isNotEqualTo(acceptsInput);
        acceptsInput = accept;
    }

    @Override
    public void close(CloseReason reason) {
        if (closing == null) {
            closing = reason;
            ready();
        }
    }

    // ---- as net.Connection does it

    private void flush() {
        queued = false;
        if (gone || blocked) {
            return;
        }
        WriteBatch batch = rig.batch();
        pending.addTo(batch);
        boolean filled = batch.bytes() < WriteBatch.MAX_COPIED;
        if (filled) {
            fill(batch);
        }
        long bytes = batch.bytes();
        if (bytes == 0) {
            return;
        }
        long written = write(batch, Math.max(0, Math.min(bytes, takes.applyAsLong(bytes))));
        records += batch.commit(written, pending);
        largestPending = Math.max(largestPending, pending.size());
        assertThat(batch.size()).as("a batch is empty after its commit").isZero();
        if (written < bytes) {
            blocked = true;
        } else if (!filled) {
            ready();
        }
    }

    private void fill(WriteBatch batch) {
        if (closing == null) {
            session.fill(batch);
            return;
        }
        session.fillAnswers(batch);
        if (batch.hasRoom()) {
            ended = true;
        } else {
            ready();
        }
    }

    private long write(WriteBatch batch, long most) {
        long left = most;
        long offered = 0;
        for (int i = 0; i < batch.size(); i++) {
            ByteBuffer buffer = batch.buffers()[i];
            offered += buffer.remaining();
            int count = (int) Math.min(left, buffer.remaining());
            for (int j = 0; j < count; j++) {
                receive(buffer.get());
            }
            left -= count;
        }
        assertThat(offered).isEqualTo(batch.bytes());
        return most;
    }

    private void receive(byte b) {
        if (b == '\n') {
            lines.add(withoutPosition(cutLine.toString(StandardCharsets.UTF_8)));
            cutLine.reset();
        } else {
            cutLine.write(b);
        }
    }

    private static String withoutPosition(String line) {
        int json = line.indexOf('{');
        if (json > 0) {
            String seq = line.substring(line.indexOf(':') + 1, json - 1);
            assertThat(line).as("the position is the record's").contains("\"seq\":" + seq + ",");
        }
        return line.substring(json);
    }
}
