package live.telemetry.tck.proxy;

import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Decides what becomes of the frames that a server sends over WebSocket. It is asked for whole messages and control frames;
 * the parts of a fragmented message pass. Called by the threads of all connections that it was set for.
 */
@FunctionalInterface
public interface FrameFault {

    /** What becomes of a frame. */
    enum Verdict {
        /** It is forwarded. */
        PASS,
        /** It is lost. */
        DROP,
        /** It is forwarded twice. */
        DUPLICATE,
        /** It is forwarded behind the next frame. One frame is held at a time: where one is, the next passes. */
        HOLD
    }

    /** Every frame passes. */
    FrameFault NONE = frame -> Verdict.PASS;

    /**
     * Judges a frame. What it throws resets the connection and comes out of {@link FaultProxy#close}.
     *
     * @param frame a message or a control frame
     * @return what becomes of it
     */
    Verdict judge(Frame frame);

    /**
     * Loses each n-th message in text, counted over all connections.
     *
     * @param n from 1, which loses all
     * @return the fault
     */
    static FrameFault dropEvery(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n must be at least 1: " + n);
        }
        AtomicLong count = new AtomicLong();
        return frame -> frame.isText() && count.incrementAndGet() % n == 0 ? Verdict.DROP : Verdict.PASS;
    }

    /**
     * Loses, repeats and reorders messages in text at random; control frames pass. The three add up to at most 1.
     *
     * @param seed of the random numbers, to be named where a test fails
     * @param drop how probable a loss is, from 0 to 1
     * @param duplicate how probable a repetition is
     * @param hold how probable it is that a message comes behind the next
     * @return the fault
     */
    static FrameFault seeded(long seed, double drop, double duplicate, double hold) {
        if (!(drop >= 0 && duplicate >= 0 && hold >= 0 && drop + duplicate + hold <= 1)) {
            throw new IllegalArgumentException(
                    "probabilities are from 0 to 1 in sum: " + drop + ", " + duplicate + ", " + hold);
        }
        Random random = new Random(seed);
        return frame -> {
            if (!frame.isText()) {
                return Verdict.PASS;
            }
            double drawn = random.nextDouble();
            if (drawn < drop) {
                return Verdict.DROP;
            }
            if (drawn < drop + duplicate) {
                return Verdict.DUPLICATE;
            }
            return drawn < drop + duplicate + hold ? Verdict.HOLD : Verdict.PASS;
        };
    }

    /**
     * Does something to every frame that fits.
     *
     * @param which the frames
     * @param verdict what becomes of them; the others pass
     * @return the fault
     */
    static FrameFault matching(Predicate<Frame> which, Verdict verdict) {
        return frame -> which.test(frame) ? verdict : Verdict.PASS;
    }

    /**
     * Does something to the first frame that fits, and nothing after that.
     *
     * @param which the frame
     * @param verdict what becomes of it
     * @return the fault
     */
    static FrameFault once(Predicate<Frame> which, Verdict verdict) {
        AtomicBoolean done = new AtomicBoolean();
        return matching(frame -> which.test(frame) && done.compareAndSet(false, true), verdict);
    }
}
