package live.telemetry.server.net.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.json.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request: status, header fields, body. Immutable; {@code with…} returns a changed copy. Unless
 * {@link #keepAlive(boolean)} says otherwise it announces the end of the connection, which is right for every answer after
 * which the state of the connection is in doubt.
 */
public final class HttpAnswer {

    /** How long a peer is asked to wait where nobody said how long. */
    public static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(5);

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final HeaderField NO_STORE = new HeaderField("Cache-Control", "no-store");

    private final int status;
    private final List<HeaderField> headers;
    /** Null for a stream: its end is the end of the connection. */
    private final byte @Nullable [] body;

    private final boolean keepAlive;
    private final boolean headOnly;

    private HttpAnswer(
            int status, List<HeaderField> headers, byte @Nullable [] body, boolean keepAlive, boolean headOnly) {
        this.status = status;
        this.headers = List.copyOf(headers);
        this.body = body;
        this.keepAlive = keepAlive;
        this.headOnly = headOnly;
    }

    /**
     * An answer with a JSON body, which nobody may store.
     *
     * @param status the status
     * @param json the text of the body
     * @return the answer
     */
    public static HttpAnswer json(int status, String json) {
        return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8))
                .with(NO_STORE);
    }

    /**
     * An answer with any body.
     *
     * @param status the status
     * @param contentType the media type
     * @param body the body; not to be changed afterwards
     * @return the answer
     */
    public static HttpAnswer of(int status, String contentType, byte[] body) {
        return new HttpAnswer(status, List.of(new HeaderField("Content-Type", contentType)), body, false, false);
    }

    /**
     * 204, an answer without a body.
     *
     * @return the answer
     */
    public static HttpAnswer noContent() {
        return new HttpAnswer(204, List.of(NO_STORE), new byte[0], false, false);
    }

    /**
     * 304, which describes what the peer has already.
     *
     * @return the answer
     */
    public static HttpAnswer notModified() {
        return new HttpAnswer(304, List.of(), new byte[0], false, false);
    }

    /**
     * The head of an event stream. Events follow it until the connection ends; it tells proxies neither to store, nor to
     * compress, nor to hold back.
     *
     * @return the answer
     */
    public static HttpAnswer eventStream() {
        List<HeaderField> headers = List.of(
                new HeaderField("Content-Type", "text/event-stream"),
                new HeaderField("Cache-Control", "no-store, no-transform"),
                new HeaderField("X-Accel-Buffering", "no"));
        return new HttpAnswer(200, headers, null, false, false);
    }

    /**
     * What to send to a peer that waits before it sends a body; see {@link RequestHead#expectsContinue()}.
     *
     * @return the bytes, a copy
     */
    public static byte[] continueBytes() {
        return CONTINUE.clone();
    }

    /**
     * The answer to a request that failed, with the fields that go with the code and those that the exception brings.
     *
     * @param error what went wrong; its message is sent
     * @return the answer
     */
    public static HttpAnswer error(TelemetryException error) {
        List<HeaderField> headers = error instanceof HttpException http ? http.headers() : List.of();
        return error(error.code(), String.valueOf(error.getMessage()), headers.toArray(HeaderField[]::new));
    }

    /**
     * The answer to a request that failed, with the fields that go with the code.
     *
     * @param code what went wrong; it brings the status
     * @param message what is wrong and what to do; it is sent
     * @param headers further fields; {@code Retry-After} here wins over the default
     * @return the answer
     */
    public static HttpAnswer error(ErrorCode code, String message, HeaderField... headers) {
        HttpAnswer answer = json(
                code.httpStatus(),
                JsonText.object()
                        .field("type", "error")
                        .field("code", code.name())
                        .field("message", message)
                        .field("retryable", code.retryable())
                        .text());
        for (HeaderField header : headers) {
            answer = answer.with(header);
        }
        return switch (answer.status) {
            case 401 -> answer.with("WWW-Authenticate", "Bearer");
            // RFC 9110 §15.5.22, and RFC 6455 §4.4 for the version.
            case 426 -> answer.with("Upgrade", "websocket").with("Sec-WebSocket-Version", WebSocketHandshake.VERSION);
            case 429, 503 -> answer.has("Retry-After") ? answer : answer.with(retryAfter(DEFAULT_RETRY_AFTER));
            default -> answer;
        };
    }

    /**
     * Asks the peer to wait.
     *
     * @param wait how long; rounded up to whole seconds
     * @return the field
     */
    public static HeaderField retryAfter(Duration wait) {
        return new HeaderField(
                "Retry-After",
                Long.toString(Math.max(0, wait.plusNanos(999_999_999).toSeconds())));
    }

    /**
     * Adds a field.
     *
     * @param header the field
     * @return the changed answer
     */
    public HttpAnswer with(HeaderField header) {
        header.requireSendable();
        List<HeaderField> more = new ArrayList<>(headers);
        more.add(header);
        return new HttpAnswer(status, more, body, keepAlive, headOnly);
    }

    /**
     * Adds a field.
     *
     * @param name its name
     * @param value its value
     * @return the changed answer
     */
    public HttpAnswer with(String name, String value) {
        return with(new HeaderField(name, value));
    }

    /**
     * Says whether the connection goes on behind this answer.
     *
     * @param keep {@link RequestHead#keepAlive()}, if the request was read to its end; a stream is never kept
     * @return the changed answer
     */
    public HttpAnswer keepAlive(boolean keep) {
        return new HttpAnswer(status, headers, body, keep && body != null, headOnly);
    }

    /**
     * Leaves the body away but describes it as if it were there, as RFC 9110 §9.3.2 asks for with {@code HEAD}.
     *
     * @param method the method of the request
     * @return the changed answer; the same for other methods
     */
    public HttpAnswer answering(HttpMethod method) {
        return new HttpAnswer(status, headers, body, keepAlive, method == HttpMethod.HEAD);
    }

    /**
     * The status.
     *
     * @return for example 200
     */
    public int status() {
        return status;
    }

    /**
     * How long the body is.
     *
     * @return bytes; 0 for a stream
     */
    public int length() {
        return body == null ? 0 : body.length;
    }

    /**
     * The body as text.
     *
     * @return empty for a stream
     */
    public String body() {
        return body == null ? "" : new String(body, StandardCharsets.UTF_8);
    }

    /**
     * Whether the connection goes on behind this answer.
     *
     * @return false if the sender has to close it
     */
    public boolean keepsAlive() {
        return keepAlive;
    }

    /**
     * The first part of the answer as it goes over the wire.
     *
     * @return status line and header fields
     */
    public byte[] head() {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(status).append(' ').append(ReasonPhrase.of(status));
        head.append("\r\n");
        for (HeaderField header : headers) {
            line(head, header.name(), header.value());
        }
        // A 204 has no length (RFC 9110 §8.6), a 304 has no body whose length it would be, a stream none that is known.
        if (body != null && status != 204 && status != 304) {
            line(head, "Content-Length", Integer.toString(body.length));
        }
        // Upgrade is a hop-by-hop field and is to be named as one (RFC 9110 §7.8).
        if (has("Upgrade")) {
            line(head, "Connection", keepAlive ? "Upgrade" : "Upgrade, close");
        } else if (!keepAlive) {
            line(head, "Connection", "close");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The second part of the answer as it goes over the wire.
     *
     * @return the body itself, not to be changed; empty for a stream and for {@code HEAD}
     */
    public byte[] content() {
        return body == null || headOnly ? new byte[0] : body;
    }

    private boolean has(String name) {
        return headers.stream().anyMatch(header -> header.isNamed(name));
    }

    private static void line(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
