package live.telemetry.tck.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Forwards complete WebSocket frames, those that the fault of the moment lets pass. One thread writes. */
final class FrameOutput extends OutputStream {

    private final OutputStream out;
    private final Supplier<FrameFault> fault;
    private final ProxyCounters counters;
    private final FrameSplitter splitter = new FrameSplitter(this::judge);

    /** What one write has completed: one chunk, so that a delay counts once for all of it. */
    private final ByteArrayOutputStream chunk = new ByteArrayOutputStream();

    private @Nullable Frame held;
    private boolean insideMessage;

    FrameOutput(OutputStream out, Supplier<FrameFault> fault, ProxyCounters counters) {
        this.out = out;
        this.fault = fault;
        this.counters = counters;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        splitter.feed(bytes, offset, length);
        forward();
    }

    private void judge(Frame frame) {
        if (frame.isFragment()) {
            insideMessage = !frame.isFinal();
            pass(frame);
            return;
        }
        switch (fault.get().judge(frame)) {
            case PASS -> pass(frame);
            case DROP -> counters.framesDropped.increment();
            case DUPLICATE -> {
                counters.framesDuplicated.increment();
                add(frame);
                pass(frame);
            }
            case HOLD -> {
                if (held == null) {
                    counters.framesHeld.increment();
                    held = frame;
                } else {
                    pass(frame);
                }
            }
        }
    }

    private void pass(Frame frame) {
        add(frame);
        if (!insideMessage) {
            release();
        }
    }

    private void release() {
        if (held != null) {
            add(held);
            held = null;
        }
    }

    private void add(Frame frame) {
        chunk.writeBytes(frame.encoded());
    }

    private void forward() throws IOException {
        if (chunk.size() > 0) {
            byte[] complete = chunk.toByteArray();
            chunk.reset();
            out.write(complete, 0, complete.length);
        }
    }

    /** A frame that is held comes last; one that never became complete is lost. */
    @Override
    public void close() throws IOException {
        release();
        forward();
        out.close();
    }
}
