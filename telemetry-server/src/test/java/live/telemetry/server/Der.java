package live.telemetry.server;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** As much of the encoding of X.509 (DER, ITU-T X.690) as a certificate of the tests needs. */
final class Der {

    static final int OCTETS = 0x04;
    static final int SEQUENCE = 0x30;

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private Der() {}

    /** Tag, length, and the parts as contents. */
    static byte[] of(int tag, byte[]... parts) {
        byte[] contents = Frames.concat(parts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (contents.length < 0x80) {
            out.write(contents.length);
        } else {
            byte[] length = BigInteger.valueOf(contents.length).toByteArray();
            int zeros = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - zeros);
            out.write(length, zeros, length.length - zeros);
        }
        out.writeBytes(contents);
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return of(SEQUENCE, parts);
    }

    /** An object identifier, whose contents are given in hexadecimal. */
    static byte[] identifier(String hex) {
        byte[] contents = new BigInteger(hex, 16).toByteArray();
        return of(0x06, contents);
    }

    static byte[] integer(BigInteger number) {
        return of(0x02, number.toByteArray());
    }

    static byte[] yes() {
        return of(0x01, new byte[] {(byte) 0xFF});
    }

    static byte[] bits(byte[] bytes) {
        return of(0x03, new byte[1], bytes);
    }

    static byte[] time(Instant instant) {
        return of(0x17, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }
}
