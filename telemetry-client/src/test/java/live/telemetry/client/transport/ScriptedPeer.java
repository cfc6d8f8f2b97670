package live.telemetry.client.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** A server for one connection that does what a test tells it, well or badly. */
final class ScriptedPeer implements AutoCloseable {

    private final ServerSocket server;
    private final Thread thread;

    /** What the client sent as the head of its request. */
    final CompletableFuture<String> head = new CompletableFuture<>();

    /** Completes when the client has ended the connection. */
    final CompletableFuture<Void> left = new CompletableFuture<>();

    /** What to do with the one connection, after its request was read. */
    interface Script {
        void run(Peer peer) throws IOException;
    }

    ScriptedPeer(Script script) throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        thread = new Thread(() -> serve(script), "scripted-peer");
        thread.setDaemon(true);
        thread.start();
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/telemetry");
    }

    private void serve(Script script) {
        try (Socket socket = server.accept()) {
            Peer peer = new Peer(socket);
            head.complete(peer.readHead());
            script.run(peer);
            peer.awaitEnd();
        } catch (IOException e) {
            head.completeExceptionally(e);
        } finally {
            left.complete(null);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** The peer's end of the connection. */
    static final class Peer {

        private final Socket socket;
        private final InputStream in;
        private String key = "";

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        private String readHead() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (!bytes.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                bytes.write(readByte());
            }
            String head = bytes.toString(StandardCharsets.US_ASCII);
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).trim();
                }
            }
            return head;
        }

        void writes(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }

        /** RFC 6455 §4.2.2. */
        void accepts(String... moreFields) throws IOException {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
                writes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n"
                        + String.join("", moreFields) + "\r\n");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        /** A frame as a server sends it, without a mask; at most 125 bytes. */
        void frame(int opcode, byte[] payload) throws IOException {
            byte[] frame = new byte[payload.length + 2];
            frame[0] = (byte) (0x80 | opcode);
            frame[1] = (byte) payload.length;
            System.arraycopy(payload, 0, frame, 2, payload.length);
            socket.getOutputStream().write(frame);
        }

        void text(String text) throws IOException {
            frame(1, text.getBytes(StandardCharsets.UTF_8));
        }

        void closeFrame(int code, String reason) throws IOException {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            payload.write(code >> 8);
            payload.write(code);
            payload.write(reason.getBytes(StandardCharsets.UTF_8));
            frame(8, payload.toByteArray());
        }

        /** The payload of the next frame of the client, which masks it; at most 125 bytes. */
        byte[] readFrame() throws IOException {
            readByte();
            byte[] mask = new byte[4];
            byte[] payload = new byte[readByte() & 0x7f];
            if (in.readNBytes(mask, 0, 4) < 4 || in.readNBytes(payload, 0, payload.length) < payload.length) {
                throw new EOFException();
            }
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            return payload;
        }

        void cuts() throws IOException {
            socket.close();
        }

        private int readByte() throws IOException {
            int read = in.read();
            if (read < 0) {
                throw new EOFException();
            }
            return read;
        }

        private void awaitEnd() throws IOException {
            if (!socket.isClosed()) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
        }
    }
}
