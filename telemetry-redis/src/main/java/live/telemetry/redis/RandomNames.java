package live.telemetry.redis;

import java.security.SecureRandom;

/** Names that nobody else has: of producers and epochs. Any thread. */
final class RandomNames {

    private static final int BITS = 62;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomNames() {}

    /** At most thirteen characters of {@code a–z 0–9}, the first an r: so none of the words that cannot be epochs. */
    static String next() {
        return 'r' + Long.toString(RANDOM.nextLong() >>> (Long.SIZE - BITS), Character.MAX_RADIX);
    }
}
