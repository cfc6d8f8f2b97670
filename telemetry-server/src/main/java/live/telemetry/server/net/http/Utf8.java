package live.telemetry.server.net.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The text of a body, strictly: what is not UTF-8 is refused, not repaired. */
public final class Utf8 {

    private Utf8() {}

    /**
     * Decodes a body.
     *
     * @param body its bytes
     * @return its text
     * @throws HttpException with 400 if it is not UTF-8
     */
    public static String decode(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw HttpException.badRequest("the body is not UTF-8");
        }
    }
}
