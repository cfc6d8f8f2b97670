package live.telemetry.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import live.telemetry.client.ModelWire.Faults;
import live.telemetry.client.ModelWire.Frame;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import org.jspecify.annotations.Nullable;

/** Decides what befalls messages, and remembers which records it has kept from the client. */
final class ModelFaults {

    enum Fate {
        NOTHING,
        LOST,
        REPEATED,
        DELAYED
    }

    private final Random random;
    private final double rate;
    /** Whether it also loses what says how to read what follows. */
    private final boolean losesWords;

    private final Consumer<String> note;
    private final Map<String, Integer> keptBack = new HashMap<>();
    private boolean off;
    long injected;

    ModelFaults(Random random, double rate, boolean losesWords, Consumer<String> note) {
        this.random = random;
        this.rate = rate;
        this.losesWords = losesWords;
        this.note = note;
    }

    boolean losesWords() {
        return losesWords;
    }

    void turnOff() {
        off = true;
    }

    Fate befalls(Frame frame, @Nullable Frame next) {
        Fate fate = off || random.nextDouble() >= rate ? Fate.NOTHING : fate(frame, next);
        if (fate != Fate.NOTHING) {
            injected++;
            note.accept(fate + " " + frame.envelope());
        }
        if (fate == Fate.LOST || fate == Fate.DELAYED) {
            if (frame.envelope() instanceof Data data) {
                keptBack.merge(place(data.record().topic().name(), data.record().seq()), 1, Integer::sum);
            } else if (frame.envelope() instanceof Gap gap) {
                keptBack.merge(place(gap.topic().name(), gap.from()), 1, Integer::sum);
            }
        }
        return fate;
    }

    private Fate fate(Frame frame, @Nullable Frame next) {
        boolean word = frame.envelope() instanceof Subscribed
                || frame.envelope() instanceof Resyncing
                || frame.envelope() instanceof Resynced;
        if (losesWords && word) {
            return Fate.LOST;
        }
        if (frame.faults() == Faults.NONE) {
            return Fate.NOTHING;
        }
        if (frame.faults() == Faults.REPEAT || random.nextInt(3) == 0) {
            return Fate.REPEATED;
        }
        boolean movable = next != null && next.faults() != Faults.NONE;
        return movable && random.nextBoolean() ? Fate.DELAYED : Fate.LOST;
    }

    void handed(ServerEnvelope envelope) {
        note.accept("< " + envelope);
    }

    /** How often the record with this number did not come when its turn was. */
    int keptBack(String topic, long seq) {
        return keptBack.getOrDefault(place(topic, seq), 0);
    }

    private static String place(String topic, long seq) {
        return topic + '#' + seq;
    }
}
