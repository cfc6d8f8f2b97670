package live.telemetry.client.transport.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that answers each request as a test tells it, well or badly; one thread for each connection. */
final class ScriptedHttpServer implements AutoCloseable {

    static final String WELCOME =
            "data: {\"type\":\"welcome\",\"protocol\":1,\"session\":\"s\",\"node\":\"n\",\"heartbeat\":15000,\"maxMessageBytes\":262144}\n\n";
    static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    private final ServerSocket server;
    private final Script script;
    final List<String> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();

    /** Answers a request; the connection stays until the client ends it. */
    interface Script {
        void answer(String request, OutputStream out) throws IOException;
    }

    ScriptedHttpServer(Script script) throws IOException {
        this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        this.script = script;
        start(this::accept);
    }

    static String answer(String statusLine, String fields, String body) {
        return "HTTP/1.1 " + statusLine + "\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    URI uri() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/telemetry");
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "scripted-http-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                open.incrementAndGet();
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String request = read(in);
                requests.add(request);
                script.answer(request, socket.getOutputStream());
            }
        } catch (IOException e) {
            // The client has gone.
        } finally {
            open.decrementAndGet();
        }
    }

    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.write(next);
        }
        int length = 0;
        for (String line : head.toString(StandardCharsets.US_ASCII).split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        return head.toString(StandardCharsets.US_ASCII) + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
