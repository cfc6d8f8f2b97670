package live.telemetry.core.envelope;

import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;

/** Where a subscription begins. */
public sealed interface Since {

    /** From now on. */
    Since NOW = new Now();

    /** Everything retained. */
    Since START = new Start();

    /** The latest record of each key, then live. */
    Since SNAPSHOT = new Snapshot();

    /**
     * After a position.
     *
     * @param position the last record that is known already
     * @return the beginning
     */
    static Since after(Position position) {
        return new After(position);
    }

    /**
     * The last records, then live.
     *
     * @param records how many, at least 1
     * @return the beginning
     */
    static Since last(long records) {
        return new Last(records);
    }

    /** From now on. */
    record Now() implements Since {}

    /** Everything retained. */
    record Start() implements Since {}

    /** The latest record of each key, then live. */
    record Snapshot() implements Since {}

    /**
     * After a position.
     *
     * @param position the last record that is known already
     */
    record After(Position position) implements Since {}

    /**
     * The last records, then live.
     *
     * @param records how many, at least 1
     */
    record Last(long records) implements Since {
        /**
         * Validates the number.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Last {
            if (records < 1) {
                throw new IllegalArgumentException("\"last\" must be at least 1: " + records);
            }
        }
    }

    /**
     * After a position for each topic of a pattern; matching topics that are not named were born meanwhile, and begin at
     * their first record.
     *
     * @param positions topic → the last record that is known already
     */
    record Positions(Map<Topic, Position> positions) implements Since {
        /** Copies the map. */
        public Positions {
            positions = Map.copyOf(positions);
        }
    }
}
