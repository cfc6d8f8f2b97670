package live.telemetry.server.net.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes {@code %41} and the like (RFC 3986 §2.1), strictly: what it cannot read is refused, never guessed. */
final class PercentEncoding {

    private PercentEncoding() {}

    /**
     * Decodes to UTF-8.
     *
     * @param text visible ASCII
     * @param plusIsSpace true in a query, where browsers write a space as {@code +} (WHATWG URL §5.1)
     */
    static String decode(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.write(octet(text, i));
                i += 2;
            } else {
                bytes.write(plusIsSpace && c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw HttpException.badRequest("the request target is not UTF-8 behind its percent-encoding");
        }
    }

    private static int octet(String text, int percent) {
        int high = percent + 2 < text.length() ? hexDigit(text.charAt(percent + 1)) : -1;
        int low = high >= 0 ? hexDigit(text.charAt(percent + 2)) : -1;
        if (low < 0) {
            throw HttpException.badRequest("the request target has a '%' without two hexadecimal digits");
        }
        return high << 4 | low;
    }

    /** Not Character.digit: that takes the digits of every script. */
    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
