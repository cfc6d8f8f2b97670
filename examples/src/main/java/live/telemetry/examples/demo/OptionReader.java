package live.telemetry.examples.demo;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Walks along a command line of {@code --name value}, {@code --name=value} and {@code --flag}. */
final class OptionReader {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private final Iterator<String> arguments;
    private String name = "";
    private @Nullable String attachedValue;

    OptionReader(List<String> arguments) {
        this.arguments = arguments.iterator();
    }

    boolean hasNext() {
        refuseUnusedValue();
        return arguments.hasNext();
    }

    /** The name of the next option, {@code --port}. */
    String next() {
        String argument = arguments.next();
        if (!argument.startsWith("--")) {
            throw new BadOptionException("unexpected argument: " + argument);
        }
        int equals = argument.indexOf('=');
        name = equals < 0 ? argument : argument.substring(0, equals);
        attachedValue = equals < 0 ? null : argument.substring(equals + 1);
        return name;
    }

    String text() {
        String value = attachedValue;
        attachedValue = null;
        if (value == null) {
            if (!arguments.hasNext()) {
                throw bad("needs a value");
            }
            value = arguments.next();
            if (value.startsWith("--")) {
                throw bad("needs a value; write " + name + '=' + value + " if " + value + " is meant to be it");
            }
        }
        if (value.isEmpty()) {
            throw bad("needs a value that is not empty");
        }
        return value;
    }

    long integer(long min, long max) {
        String text = text();
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The same answer as to a number that is out of bounds.
        }
        throw bad("must be a whole number from " + min + " to " + max + ": " + text);
    }

    double positiveNumber() {
        String text = text();
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The same answer as to a number that is out of bounds.
        }
        throw bad("must be a number above 0: " + text);
    }

    Duration duration() {
        String text = text();
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
            if (!duration.isZero()) {
                return duration;
            }
        }
        throw bad("must be a positive duration such as 500ms, 2s, 1m: " + text);
    }

    BadOptionException unknown() {
        attachedValue = null;
        return new BadOptionException("unknown option: " + name);
    }

    private void refuseUnusedValue() {
        if (attachedValue != null) {
            throw bad("takes no value");
        }
    }

    private BadOptionException bad(String why) {
        return new BadOptionException(name + ' ' + why);
    }
}
