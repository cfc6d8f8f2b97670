package live.telemetry.server.net.tls;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import live.telemetry.server.net.Wire;
import live.telemetry.server.net.WireFactory;
import tlschannel.ServerTlsChannel;

/** Makes TLS over the sockets of one loop: TLS 1.2 and later, and HTTP/1.1 for whoever asks by ALPN (RFC 7301). */
public final class TlsWireFactory implements WireFactory {

    private static final List<String> TOO_OLD = List.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1");
    private static final String[] APPLICATION_PROTOCOLS = {"http/1.1"};

    private final Supplier<SSLContext> context;
    private final Executor tasks;
    private final long handshakeNanos;
    private final TlsBuffers buffers = new TlsBuffers();

    /**
     * For one loop.
     *
     * @param context asked for each connection
     * @param tasks runs what takes long
     * @param handshakeTimeout how long a peer may take over a handshake
     */
    public TlsWireFactory(Supplier<SSLContext> context, Executor tasks, Duration handshakeTimeout) {
        this.context = context;
        this.tasks = tasks;
        this.handshakeNanos = handshakeTimeout.toNanos();
    }

    @Override
    public Wire open(SocketChannel socket) {
        RationedSocket rationed = new RationedSocket(socket);
        ServerTlsChannel channel = ServerTlsChannel.newBuilder(rationed, context.get())
                .withEngineFactory(TlsWireFactory::engine)
                .withRunTasks(false)
                .withPlainBufferAllocator(buffers)
                .withEncryptedBufferAllocator(buffers)
                .build();
        return new TlsWire(rationed, channel, tasks, handshakeNanos);
    }

    /**
     * A server's side of a connection.
     *
     * @param context with the server's certificates
     * @return an engine that has not begun
     * @throws IllegalStateException if the context allows nothing newer than TLS 1.1
     */
    public static SSLEngine engine(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        String[] protocols = Arrays.stream(parameters.getProtocols())
                .filter(protocol -> !TOO_OLD.contains(protocol))
                .toArray(String[]::new);
        if (protocols.length == 0) {
            throw new IllegalStateException("the SSLContext allows nothing newer than TLS 1.1");
        }
        parameters.setProtocols(protocols);
        // For whoever offers none of these the handshake fails, as RFC 7301 §3.2 wants it.
        parameters.setApplicationProtocols(APPLICATION_PROTOCOLS);
        engine.setSSLParameters(parameters);
        return engine;
    }
}
