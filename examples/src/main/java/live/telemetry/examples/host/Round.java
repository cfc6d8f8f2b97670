package live.telemetry.examples.host;

/** Numbers as short as a dashboard needs them. */
final class Round {

    private Round() {}

    /** Two decimals. */
    static double hundredths(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** The part of the whole in percent, with two decimals; 0 of nothing. */
    static double percent(double part, double whole) {
        return whole <= 0 ? 0 : hundredths(100 * part / whole);
    }
}
