package live.telemetry.server.net.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import live.telemetry.core.ErrorCode;

/** A valid request to upgrade to WebSocket (RFC 6455 §4.2.1), and the answer that does it. */
public final class WebSocketHandshake {

    static final String VERSION = "13";

    private static final String KEY_FIELD = "Sec-WebSocket-Key";
    private static final String VERSION_FIELD = "Sec-WebSocket-Version";
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final int KEY_CHARACTERS = 24;

    private final String key;

    /** Whether the answer names {@code telemetry.v1}: not if nothing was offered. */
    private final boolean answersProtocol;

    private WebSocketHandshake(String key, boolean answersProtocol) {
        this.key = key;
        this.answersProtocol = answersProtocol;
    }

    /**
     * Checks a request to the WebSocket path.
     *
     * @param head the request
     * @return the handshake
     * @throws HttpException with 405 if it is no {@code GET}, 426 if it is no upgrade or one to another version, 400 if the
     *     key or the offered subprotocols do not fit
     */
    public static WebSocketHandshake of(RequestHead head) {
        head.requireMethod(HttpMethod.GET);
        requireUpgrade(head);
        String key = key(head);
        List<String> offered = Subprotocols.offered(head);
        if (!offered.stream().allMatch(HttpSyntax::isToken)) {
            throw HttpException.badRequest(Subprotocols.FIELD + " must be a list of tokens");
        }
        boolean offersTelemetry = offered.contains(Subprotocols.TELEMETRY);
        if (!offered.isEmpty() && !offersTelemetry) {
            throw HttpException.badRequest(
                    "none of the offered subprotocols is spoken here; offer " + Subprotocols.TELEMETRY);
        }
        return new WebSocketHandshake(key, offersTelemetry);
    }

    /**
     * Proves that the key was understood (RFC 6455 §4.2.2).
     *
     * @return the value of {@code Sec-WebSocket-Accept}
     */
    public String accept() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /**
     * The answer that completes the upgrade; frames follow it. No extension is agreed to.
     *
     * @return the bytes of a 101
     */
    public byte[] answer() {
        String protocol = answersProtocol ? Subprotocols.FIELD + ": " + Subprotocols.TELEMETRY + "\r\n" : "";
        return ("HTTP/1.1 101 Switching Protocols\r\n"
                        + "Upgrade: websocket\r\n"
                        + "Connection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept() + "\r\n"
                        + protocol
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void requireUpgrade(RequestHead head) {
        HeaderFields fields = head.fields();
        // In HTTP/1.0 an Upgrade is to be ignored (RFC 9110 §7.8).
        if (head.minorVersion() < 1 || !fields.listContains("Upgrade", "websocket")) {
            throw upgradeRequired(
                    "this path speaks WebSocket only; send Upgrade: websocket over HTTP/1.1, or use /events or /poll below it");
        }
        if (!fields.listContains("Connection", "upgrade")) {
            throw upgradeRequired("the Connection field does not name Upgrade; does a proxy in front drop it?");
        }
        List<String> versions = fields.all(VERSION_FIELD);
        if (versions.size() > 1) {
            throw HttpException.badRequest(VERSION_FIELD + " must occur once");
        }
        if (!versions.contains(VERSION)) {
            throw upgradeRequired("only version " + VERSION + " of WebSocket is spoken here");
        }
    }

    private static String key(RequestHead head) {
        List<String> keys = head.fields().all(KEY_FIELD);
        if (keys.size() != 1 || !isKey(keys.get(0))) {
            throw HttpException.badRequest(KEY_FIELD + " must occur once and be 16 bytes in Base64");
        }
        return keys.get(0);
    }

    private static boolean isKey(String key) {
        try {
            return key.length() == KEY_CHARACTERS && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static HttpException upgradeRequired(String message) {
        return new HttpException(ErrorCode.UPGRADE_REQUIRED, message);
    }
}
