package live.telemetry.client.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the one socket of a transport, connected and with TLS over it where the scheme asks for it. {@code WebSocketClient}
 * keeps its socket to itself, and its {@code close()} does nothing while it is still connecting; this holds on to the socket,
 * so that an attempt can be cut at any time.
 *
 * <p>{@link #createSocket()} runs on the transport's thread, {@link #cut()} on any: the socket is stored before it is
 * connected, and whoever comes second sees what the other one has done.
 */
final class DialingSocketFactory extends SocketFactory {

    private final String host;
    private final int port;
    private final boolean tls;
    private final int connectTimeoutMillis;
    private final @Nullable SSLContext tlsContext;

    private @Nullable Socket socket;
    private boolean cut;

    /**
     * Knows where to connect to.
     *
     * @param uri {@code ws} or {@code wss}
     * @param connectTimeoutMillis how long it may take to connect, and then how long the peer may be silent in the handshake
     * @param tlsContext whom to trust; null for what the platform trusts
     */
    DialingSocketFactory(URI uri, int connectTimeoutMillis, @Nullable SSLContext tlsContext) {
        this.tls = "wss".equals(uri.getScheme());
        // A literal IPv6 address stands in brackets in a URI, but not in a certificate.
        this.host = uri.getHost().replaceAll("^\\[|]$", "");
        this.port = uri.getPort() != -1 ? uri.getPort() : tls ? 443 : 80;
        this.connectTimeoutMillis = connectTimeoutMillis;
        this.tlsContext = tlsContext;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket plain = keep(new Socket());
        try {
            // Nagle's algorithm would hold back small envelopes; here for the handshake as well.
            plain.setTcpNoDelay(true);
            plain.connect(new InetSocketAddress(host, port), connectTimeoutMillis);
            return tls ? secured(plain) : plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** TLS whose handshake is done, so that its failure is told as what it is. */
    private Socket secured(Socket plain) throws IOException {
        SSLSocketFactory factory =
                tlsContext == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : tlsContext.getSocketFactory();
        SSLSocket secured = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = secured.getSSLParameters();
        // The certificate has to be the host's (RFC 9110 §4.3.4); by itself an SSLSocket does not ask for that.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!isAddress(host)) {
            // The JDK does so by itself for names with a dot only; those of a container network have none.
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        secured.setSSLParameters(parameters);
        plain.setSoTimeout(connectTimeoutMillis);
        secured.startHandshake();
        plain.setSoTimeout(0);
        return secured;
    }

    /** Addresses are no server names (RFC 6066 §3). */
    private static boolean isAddress(String host) {
        return host.contains(":") || host.matches("[0-9.]+");
    }

    private synchronized Socket keep(Socket plain) throws IOException {
        if (cut) {
            plain.close();
            throw new SocketException("the attempt was given up");
        }
        socket = plain;
        return plain;
    }

    /** Whether anybody has accepted the connection. */
    synchronized boolean hasConnected() {
        // Stays true when it is closed.
        return socket != null && socket.isConnected();
    }

    /** Closes the socket, now or as soon as there is one. */
    synchronized void cut() {
        cut = true;
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is of no use any more, closed or not.
            }
        }
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }
}
