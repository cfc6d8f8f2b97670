package live.telemetry.server.net.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import live.telemetry.server.net.Wire;
import tlschannel.NeedsReadException;
import tlschannel.NeedsTaskException;
import tlschannel.NeedsWriteException;
import tlschannel.ServerTlsChannel;

/**
 * TLS over a socket, by tls-channel. Confined to the connection's loop, but for the tasks of the handshake: while one of these
 * runs, it holds the engine's lock, so nothing here may touch the engine.
 *
 * <p>What the socket does not take of an encrypted record stays in the channel, at most one record. Its plain bytes count as
 * taken, since nobody can take them back from the engine.
 *
 * <p>A peer that ends the connection without saying so by TLS ({@code close_notify}) looks like one that does: messages and
 * requests have lengths of their own, so a cut cannot pass for an end.
 */
final class TlsWire implements Wire {

    private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

    private final RationedSocket socket;
    private final ServerTlsChannel channel;
    private final Executor tasks;
    private final long handshakeNanos;
    private volatile boolean closed;

    private boolean taskRuns;
    private boolean hasInput;
    private boolean hasOutput;
    private boolean outputShut;

    TlsWire(RationedSocket socket, ServerTlsChannel channel, Executor tasks, long handshakeNanos) {
        this.socket = socket;
        this.channel = channel;
        this.tasks = tasks;
        this.handshakeNanos = handshakeNanos;
    }

    @Override
    public Handshake handshake(Runnable resume) throws IOException {
        taskRuns = false;
        socket.renew();
        try {
            channel.handshake();
            // The peer's first bytes may have come together with the last of its handshake.
            hasInput = true;
            return Handshake.DONE;
        } catch (NeedsReadException e) {
            return Handshake.NEEDS_INPUT;
        } catch (NeedsWriteException e) {
            return Handshake.NEEDS_OUTPUT;
        } catch (NeedsTaskException e) {
            run(e.getTask(), resume);
            return Handshake.NEEDS_TASK;
        } catch (SSLException | IllegalStateException e) {
            throw failure(e);
        }
    }

    private void run(Runnable task, Runnable resume) throws SSLException {
        try {
            tasks.execute(() -> {
                if (closed) {
                    return;
                }
                try {
                    // What it finds wrong the engine tells with the next call.
                    task.run();
                } finally {
                    resume.run();
                }
            });
            taskRuns = true;
        } catch (RejectedExecutionException e) {
            throw new SSLException("too many handshakes at once", e);
        }
    }

    @Override
    public long handshakeNanos() {
        return handshakeNanos;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        socket.renew();
        if (outputShut) {
            return skip(target);
        }
        int start = target.position();
        hasInput = true;
        try {
            // A read ends with each record; whatever is left inside makes no socket readable.
            while (target.hasRemaining()) {
                if (channel.read(target) < 0) {
                    return target.position() > start ? target.position() - start : -1;
                }
            }
        } catch (NeedsReadException e) {
            hasInput = false;
        } catch (NeedsWriteException e) {
            hasOutput = true;
        } catch (NeedsTaskException e) {
            // Only TLS 1.2 has it, nobody needs it, and it would cost the server more than the peer.
            throw new SSLException("the peer asks for a renegotiation", e);
        } catch (SSLException | IllegalStateException e) {
            throw failure(e);
        }
        return target.position() - start;
    }

    /** After its own end the channel does not read any more; what the peer still sends only must not lead to a reset. */
    private int skip(ByteBuffer target) throws IOException {
        hasInput = false;
        int start = target.position();
        int count = socket.read(target);
        target.position(start);
        return Math.min(count, 0);
    }

    @Override
    public boolean hasInput() {
        return hasInput;
    }

    @Override
    public long write(ByteBuffer[] sources, int count) throws IOException {
        long before = remaining(sources, count);
        try {
            channel.write(sources, 0, count);
        } catch (NeedsWriteException e) {
            hasOutput = true;
            return before - remaining(sources, count);
        }
        if (remaining(sources, count) > 0) {
            // The peer has closed its side, which in TLS 1.2 is the end of both.
            throw new ClosedChannelException();
        }
        return before;
    }

    private static long remaining(ByteBuffer[] buffers, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += buffers[i].remaining();
        }
        return sum;
    }

    @Override
    public boolean hasOutput() {
        return hasOutput;
    }

    @Override
    public void flush() throws IOException {
        try {
            channel.write(NOTHING);
            hasOutput = false;
        } catch (NeedsWriteException e) {
            hasOutput = true;
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        outputShut = true;
        try {
            channel.shutdown();
        } catch (NeedsWriteException e) {
            // The end of the connection has to do instead.
        }
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (taskRuns) {
            socket.close();
        } else {
            channel.close();
        }
    }

    /** Tells the peer why, as far as the socket takes it at once: what ends here does not wait for anything. */
    private SSLException failure(Exception e) {
        try {
            SSLEngine engine = channel.getSslEngine();
            if (engine != null && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                ByteBuffer alert = ByteBuffer.allocate(TlsBuffers.RECORD_BYTES);
                engine.wrap(NOTHING[0], alert);
                socket.write(alert.flip());
            }
        } catch (IOException unsent) {
            e.addSuppressed(unsent);
        }
        return e instanceof SSLException broken ? broken : new SSLException("a record that cannot be read", e);
    }
}
