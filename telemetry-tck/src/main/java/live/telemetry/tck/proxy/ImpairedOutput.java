package live.telemetry.tck.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What leads to one peer, as well as the impairment lets it. One thread writes; any thread may impair or end it, and what
 * waits in here then goes on at once under the new rule.
 */
final class ImpairedOutput extends OutputStream {

    private static final int PIECES_PER_SECOND = 50;

    /** An impairment since it was set. */
    private static final class Applied {
        final Impairment impairment;
        /** Owned by the writing thread. */
        long forwarded;

        Applied(Impairment impairment) {
            this.impairment = impairment;
        }
    }

    private final Socket peer;
    private final LongAdder total;
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder swallowed = new LongAdder();
    private final Consumer<Cut> onCut;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Applied applied;
    private volatile boolean ended;
    private volatile boolean broken;

    ImpairedOutput(Socket peer, Impairment impairment, LongAdder total, Consumer<Cut> onCut) {
        this.peer = peer;
        this.applied = new Applied(impairment);
        this.total = total;
        this.onCut = onCut;
    }

    void impair(Impairment impairment) {
        change(() -> applied = new Applied(impairment));
    }

    long forwarded() {
        return forwarded.sum();
    }

    long swallowed() {
        return swallowed.sum();
    }

    /** Whether the peer did not take what was written to it, and not because of {@link #end}. */
    boolean isBroken() {
        return broken;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int to = offset + length;
        boolean delayed = false;
        while (from < to && !ended) {
            Applied now = applied;
            Impairment impairment = now.impairment;
            if (impairment.flow() == Impairment.Flow.BLACK_HOLE) {
                break;
            }
            if (impairment.flow() == Impairment.Flow.STALL) {
                pause(now, Long.MAX_VALUE);
                continue;
            }
            if (!delayed) {
                delayed = pause(now, impairment.delay().toNanos());
                continue;
            }
            int count = (int) Math.min(Math.min(to - from, piece(impairment)), impairment.cutAfter() - now.forwarded);
            forward(bytes, from, count);
            from += count;
            now.forwarded += count;
            if (now.forwarded >= impairment.cutAfter()) {
                onCut.accept(impairment.cut());
                break;
            }
            if (impairment.bytesPerSecond() != Impairment.UNLIMITED) {
                pause(now, TimeUnit.SECONDS.toNanos(count) / impairment.bytesPerSecond());
            }
        }
        swallowed.add(to - from);
    }

    private static long piece(Impairment impairment) {
        return impairment.bytesPerSecond() == Impairment.UNLIMITED
                ? Integer.MAX_VALUE
                : Math.max(1, impairment.bytesPerSecond() / PIECES_PER_SECOND);
    }

    private void forward(byte[] bytes, int offset, int count) throws IOException {
        try {
            peer.getOutputStream().write(bytes, offset, count);
            forwarded.add(count);
            total.add(count);
        } catch (IOException e) {
            if (!ended) {
                broken = true;
                throw e;
            }
        }
    }

    /** Lets the peer know that nothing more comes, once the impairment lets it through. */
    @Override
    public void close() throws IOException {
        awaitPassing();
        end(Cut.FIN);
    }

    /** Waits until bytes would be carried, or until this has ended. */
    void awaitPassing() {
        Applied now = applied;
        while (!ended && now.impairment.flow() != Impairment.Flow.PASS) {
            pause(now, Long.MAX_VALUE);
            now = applied;
        }
    }

    /** Ends the connection to the peer, whatever the impairment; what is written from now on vanishes. */
    void end(Cut how) {
        change(() -> ended = true);
        try {
            if (how == Cut.FIN && peer.isConnected()) {
                peer.shutdownOutput();
            } else {
                peer.setSoLinger(true, 0);
                peer.close();
            }
        } catch (IOException e) {
            // It has ended already: by its peer, whose reader hears of that, or by another cut.
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the whole time has passed; it has not if the impairment was changed or the output ended. */
    private boolean pause(Applied during, long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && applied == during && !ended) {
                left = changed.awaitNanos(left);
            }
            return left <= 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts a proxy's threads", e);
        } finally {
            lock.unlock();
        }
    }
}
