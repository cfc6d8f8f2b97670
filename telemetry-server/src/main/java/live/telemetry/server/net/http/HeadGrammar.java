package live.telemetry.server.net.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import live.telemetry.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Reads a complete head, whose lines {@link HeadParser} has found. Where RFC 9112 lets a server choose between repairing and
 * refusing, it refuses: the length of a message must have one reading only (§11.2, request smuggling).
 */
final class HeadGrammar {

    static final int MAX_FIELDS = 100;

    private static final String LINE_END = "\r\n";

    /** More digits than any body that is accepted, and few enough for a long. */
    private static final int MAX_LENGTH_DIGITS = 18;

    private HeadGrammar() {}

    static RequestHead read(byte[] raw) {
        // One character a byte: a field value may have bytes beyond ASCII (a cookie of another application, say).
        String text = new String(raw, StandardCharsets.ISO_8859_1);
        String[] lines =
                text.substring(0, text.length() - 2 * LINE_END.length()).split(LINE_END, -1);

        String[] parts = lines[0].split(" ", -1);
        if (parts.length != 3 || !HttpSyntax.isToken(parts[0])) {
            throw HttpException.badRequest("the request line must be a method, a target and a version");
        }
        int minorVersion = minorVersion(parts[2]);
        HttpMethod method = HttpMethod.of(parts[0]);
        RequestTarget target = RequestTarget.parse(parts[1], method);

        HeaderFields fields = fields(lines);
        if (fields.has("Transfer-Encoding")) {
            throw new HttpException(
                    ErrorCode.NOT_IMPLEMENTED, "Transfer-Encoding is not supported; send the body with Content-Length");
        }
        Authority host = host(fields, target, minorVersion);
        long contentLength = contentLength(fields, method);
        return new RequestHead(method, target, minorVersion, fields, host, contentLength);
    }

    private static int minorVersion(String version) {
        return switch (version) {
            case "HTTP/1.1" -> 1;
            case "HTTP/1.0" -> 0;
            default -> throw HttpException.badRequest("this server speaks HTTP/1.1");
        };
    }

    private static HeaderFields fields(String[] lines) {
        if (lines.length - 1 > MAX_FIELDS) {
            throw new HttpException(
                    ErrorCode.HEAD_TOO_LARGE, "the request has more than " + MAX_FIELDS + " header fields");
        }
        List<HeaderField> fields = new ArrayList<>(lines.length - 1);
        for (int i = 1; i < lines.length; i++) {
            fields.add(field(lines[i]));
        }
        return new HeaderFields(fields);
    }

    private static HeaderField field(String line) {
        if (HttpSyntax.isWhitespace(line.charAt(0))) {
            throw HttpException.badRequest("a header field must not be folded over lines (RFC 9112 §5.2)");
        }
        int colon = line.indexOf(':');
        // A name that ends in white space is no token; RFC 9112 §5.1 has that refused.
        if (colon < 0 || !HttpSyntax.isToken(line.substring(0, colon))) {
            throw HttpException.badRequest("a header line must be a name, a colon right behind it, and a value");
        }
        return new HeaderField(line.substring(0, colon), HttpSyntax.trimWhitespace(line.substring(colon + 1)));
    }

    /** Exactly one in HTTP/1.1, at most one in HTTP/1.0 (RFC 9112 §3.2). */
    private static @Nullable Authority host(HeaderFields fields, RequestTarget target, int minorVersion) {
        List<String> values = fields.all("Host");
        if (values.isEmpty() && minorVersion == 0) {
            return target.authority();
        }
        if (values.size() != 1) {
            throw HttpException.badRequest("a request must have exactly one Host field");
        }
        Optional<Authority> host = Authority.parse(values.get(0));
        if (host.isEmpty()) {
            throw HttpException.badRequest("the Host field must be a host with an optional port");
        }
        // An absolute-form target wins over Host (RFC 9112 §3.2.2). A client has to send both alike, so a difference is
        // somebody trying to have two parties see two hosts.
        if (target.authority() != null && !target.authority().equals(host.get())) {
            throw HttpException.badRequest("the request target and the Host field name different hosts");
        }
        return host.get();
    }

    private static long contentLength(HeaderFields fields, HttpMethod method) {
        List<String> values = fields.all("Content-Length");
        if (values.isEmpty()) {
            return 0;
        }
        // A list of equal lengths may be taken as one (RFC 9112 §6.3), but need not.
        if (values.size() > 1 || !HttpSyntax.isDigits(values.get(0))) {
            throw HttpException.badRequest("Content-Length must occur once and be a number");
        }
        if (values.get(0).length() > MAX_LENGTH_DIGITS) {
            throw new HttpException(ErrorCode.BODY_TOO_LARGE, "no body can be that large");
        }
        long length = Long.parseLong(values.get(0));
        boolean hasMeaning = method == HttpMethod.POST || method == HttpMethod.OTHER;
        if (length > 0 && !hasMeaning) {
            // RFC 9110 §9.3.1: content of a GET has no meaning and is a vehicle of request smuggling.
            throw HttpException.badRequest("a " + method + " request must not have a body");
        }
        return length;
    }
}
