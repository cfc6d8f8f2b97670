package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;

/** A peer at the level of bytes: it writes what it is told, right or wrong, and takes answers and frames apart by hand. */
final class RawPeer implements AutoCloseable {

    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final String host;

    /** A frame of the server. */
    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            assertThat(opcode).isEqualTo(Frames.CLOSE);
            return (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        }
    }

    private RawPeer(int port, int receiveBufferBytes, boolean tls) throws IOException {
        Socket plain = new Socket();
        if (receiveBufferBytes > 0) {
            plain.setReceiveBufferSize(receiveBufferBytes);
        }
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(PATIENCE_MILLIS);
        plain.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
        this.socket = tls ? secured(plain) : plain;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.host = "127.0.0.1:" + port;
    }

    private static Socket secured(Socket plain) throws IOException {
        SSLSocket secured = (SSLSocket)
                TestAuthority.CLIENT.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
        try {
            secured.startHandshake();
            return secured;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** Over TLS if the server speaks it. */
    static RawPeer connect(TelemetryServer server) throws IOException {
        return connect(server, 0);
    }

    /** Without TLS. */
    static RawPeer connect(int port) throws IOException {
        return new RawPeer(port, 0, false);
    }

    /** One whose system takes only so much for it while it does not read. */
    static RawPeer connect(TelemetryServer server, int receiveBufferBytes) throws IOException {
        return new RawPeer(
                server.port(), receiveBufferBytes, server.uri().getScheme().equals("https"));
    }

    /** Connects, is upgraded, and takes the welcome. */
    static RawPeer open(TelemetryServer server, String... headers) throws IOException {
        return connect(server).upgrade(headers);
    }

    RawPeer upgrade(String... headers) throws IOException {
        write(upgradeRequest(headers));
        HttpReply reply = reply();
        assertThat(reply.status()).as(reply.body()).isEqualTo(101);
        expect("welcome");
        return this;
    }

    String upgradeRequest(String... headers) {
        return upgradeRequestTo("/telemetry", headers);
    }

    String upgradeRequestTo(String target, String... headers) {
        List<String> lines = new ArrayList<>(List.of(
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + KEY));
        lines.addAll(List.of(headers));
        return request("GET " + target, lines.toArray(String[]::new));
    }

    /** A request to this server: the method and the target, and header lines beyond {@code Host}. */
    String request(String methodAndTarget, String... headers) {
        StringBuilder request = new StringBuilder(methodAndTarget)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    void write(String latin1) throws IOException {
        write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** A packet for each byte, as far as that can be had. */
    void drip(byte[] bytes) throws IOException {
        for (byte b : bytes) {
            socket.getOutputStream().write(b);
        }
    }

    void send(String json) throws IOException {
        write(Frames.text(json));
    }

    HttpReply exchange(String request) throws IOException {
        write(request);
        return reply();
    }

    /** The next answer, with the body that its length announces. */
    HttpReply reply() throws IOException {
        return reply(true);
    }

    /** The answer to a HEAD, which has no body whatever its length says. */
    HttpReply replyWithoutBody() throws IOException {
        return reply(false);
    }

    private HttpReply reply(boolean hasBody) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) readByte());
        }
        HttpReply bare = HttpReply.of(head.toString(), "");
        int length = bare.header("Content-Length").map(Integer::parseInt).orElse(0);
        byte[] body = hasBody ? in.readNBytes(length) : new byte[0];
        return HttpReply.of(head.toString(), new String(body, StandardCharsets.UTF_8));
    }

    Frame frame() throws IOException {
        int first = readByte();
        assertThat(first & 0x70).as("reserved bits").isZero();
        int second = readByte();
        assertThat(second & 0x80).as("a server does not mask").isZero();
        long length = second;
        if (length == 126) {
            length = number(2);
        } else if (length == 127) {
            length = number(8);
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("the end of the connection within a frame");
        }
        return new Frame(first & 0x0F, payload);
    }

    private long number(int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | readByte();
        }
        return number;
    }

    private int readByte() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the end of the connection");
        }
        return b;
    }

    /** The next envelope; frames of other kinds are skipped. */
    JsonObject envelope() throws IOException {
        Frame frame = frame();
        while (frame.opcode() != Frames.TEXT) {
            if (frame.opcode() == Frames.CLOSE) {
                fail("closed with " + frame.closeCode());
            }
            frame = frame();
        }
        return JsonParser.parseString(frame.text()).getAsJsonObject();
    }

    JsonObject expect(String type) throws IOException {
        JsonObject envelope = envelope();
        assertThat(envelope.get("type").getAsString()).as(envelope.toString()).isEqualTo(type);
        return envelope;
    }

    JsonObject until(Predicate<JsonObject> wanted) throws IOException {
        JsonObject envelope;
        do {
            envelope = envelope();
        } while (!wanted.test(envelope));
        return envelope;
    }

    Frame expectFrame(int opcode) throws IOException {
        Frame frame = frame();
        assertThat(frame.opcode()).as(frame.text()).isEqualTo(opcode);
        return frame;
    }

    /** Skips to the close frame, whose code is returned. */
    int closeCode() throws IOException {
        Frame frame;
        do {
            frame = frame();
        } while (frame.opcode() != Frames.CLOSE);
        return frame.closeCode();
    }

    /** The server has closed, and nothing more comes; that it did so by a reset is a failure. */
    void expectEnd() throws IOException {
        assertThat(in.read()).as("end of the connection").isEqualTo(-1);
    }

    /** The server has closed, whichever way; what it sent before is skipped. */
    void awaitEnd() throws IOException {
        try {
            while (in.read() >= 0) {
                // Nobody looks at it any more.
            }
        } catch (SocketException e) {
            // A reset is an end as well.
        }
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection by a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    Socket socket() {
        return socket;
    }

    InputStream input() {
        return in;
    }

    ByteArrayOutputStream rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        in.transferTo(all);
        return all;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
