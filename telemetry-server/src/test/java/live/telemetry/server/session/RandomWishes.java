package live.telemetry.server.session;

import java.util.Random;
import java.util.function.LongUnaryOperator;
import live.telemetry.core.TopicPattern;

/** What modelled clients want, and how fast they are. */
final class RandomWishes {

    private static final String[] PATTERNS = {"t.*", "t.>", ">", "*"};

    private RandomWishes() {}

    static ModelSubscription subscription(Random random, String[] topics) {
        String text = random.nextInt(3) == 0
                ? PATTERNS[random.nextInt(PATTERNS.length)]
                : topics[random.nextInt(topics.length)];
        return new ModelSubscription(TopicPattern.of(text), since(random), random.nextInt(3) == 0);
    }

    private static String since(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "\"start\"";
            case 1 -> "{\"last\":" + (1 + random.nextInt(20)) + '}';
            case 2, 3 -> "\"snapshot\"";
            default -> null;
        };
    }

    static LongUnaryOperator acceptance(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> offered -> offered;
            case 1 -> offered -> 0;
            case 2 -> offered -> random.nextInt(80);
            default -> offered -> random.nextInt((int) offered + 1);
        };
    }
}
