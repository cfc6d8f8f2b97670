package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/** What stands behind a {@link ModelSession}: it answers later, and is away now and then. */
final class ModelStore {

    private final Random random;
    private final double away;
    private final Queue<Runnable> questions = new ArrayDeque<>();
    private boolean calm;

    /** @param away how often it is away */
    ModelStore(Random random, double away) {
        this.random = random;
        this.away = away;
    }

    void calmDown() {
        calm = true;
    }

    boolean isCalm() {
        return calm;
    }

    boolean isAway() {
        return !calm && random.nextDouble() < away;
    }

    /** Whether a question is answered with what there is when it is put, not when the answer comes. */
    boolean isEarly() {
        return random.nextBoolean();
    }

    void ask(Runnable onAnswer) {
        questions.add(onAnswer);
    }

    boolean answer() {
        Runnable next = questions.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }
}
