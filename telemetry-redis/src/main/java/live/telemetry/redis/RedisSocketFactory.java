package live.telemetry.redis;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Opens the socket of one connection; with TLS the host's name is verified, which Jedis leaves out unless it is told. Any
 * thread.
 *
 * <p>It does so once: a {@code Connection} that finds itself closed connects again when the next command is sent, but does
 * not log in nor select its database again.
 */
final class RedisSocketFactory implements JedisSocketFactory {

    private final HostAndPort node;
    private final boolean tls;
    private final @Nullable SSLContext sslContext;
    private final int connectMillis;
    private final int readMillis;
    private final AtomicBoolean used = new AtomicBoolean();
    private volatile @Nullable Socket plain;

    RedisSocketFactory(
            HostAndPort node, boolean tls, @Nullable SSLContext sslContext, int connectMillis, int readMillis) {
        this.node = node;
        this.tls = tls;
        this.sslContext = sslContext;
        this.connectMillis = connectMillis;
        this.readMillis = readMillis;
    }

    @Override
    public Socket createSocket() {
        if (used.getAndSet(true)) {
            throw new JedisConnectionException("the connection to " + node + " was closed");
        }
        Socket socket = new Socket();
        plain = socket;
        try {
            socket.setReuseAddress(true);
            socket.setKeepAlive(true);
            socket.setTcpNoDelay(true);
            // Resolved each time: after a failover the name may stand for another node.
            socket.connect(new InetSocketAddress(node.getHost(), node.getPort()), connectMillis);
            socket.setSoTimeout(readMillis);
            return tls ? secured(socket) : socket;
        } catch (IOException e) {
            closeQuietly(socket, e);
            throw new JedisConnectionException("cannot connect to " + node + ": " + e.getMessage(), e);
        }
    }

    /** Closes the socket below everything: whoever reads or writes fails. Any thread. */
    void close() throws IOException {
        Socket socket = plain;
        if (socket != null) {
            socket.close();
        }
    }

    private Socket secured(Socket socket) throws IOException {
        SSLContext context = sslContext;
        SSLSocketFactory factory =
                context == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : context.getSocketFactory();
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, node.getHost(), node.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static void closeQuietly(Socket socket, IOException why) {
        try {
            socket.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }
}
