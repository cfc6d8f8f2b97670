package live.telemetry.core.json;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import java.util.Objects;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value as text that was parsed and written anew: compact, on one line, valid as UTF-8, no deeper than {@value
 * #MAX_DEPTH}, every name once in its object, every number within a double. There is no other way to make one, so whatever
 * carries a {@code JsonData} cannot break its readers.
 */
public final class JsonData {

    /** How deep arrays and objects may be nested. */
    public static final int MAX_DEPTH = 64;

    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final String text;

    private JsonData(String text) {
        this.text = text;
    }

    /**
     * Parses a text, strictly (RFC 8259).
     *
     * @param json any JSON value
     * @return the value
     * @throws TelemetryException with {@code BAD_REQUEST} that says what is wrong and where
     */
    public static JsonData parse(String json) {
        return new JsonData(JsonSyntax.canonical(json));
    }

    /**
     * Writes an object as JSON: numbers, strings, booleans, maps, lists, arrays, Java records, objects with fields, null.
     *
     * @param value the object; a {@code JsonData} is returned as it is
     * @return the value
     * @throws TelemetryException with {@code BAD_REQUEST} if it cannot be written, for instance because it has a NaN
     */
    public static JsonData of(@Nullable Object value) {
        if (value instanceof JsonData data) {
            return data;
        }
        String written;
        try {
            written = GSON.toJson(value);
        } catch (RuntimeException | StackOverflowError e) {
            // Whatever an accessor of the object throws arrives here as well.
            String type = value == null ? "null" : value.getClass().getName();
            String why =
                    e instanceof StackOverflowError ? "it refers to itself, or is nested too deep" : e.getMessage();
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST, "a value of " + type + " cannot be written as JSON: " + why, e);
        }
        if (value != null && written.equals("null")) {
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST,
                    "a value of " + value.getClass().getName()
                            + " cannot be written as JSON: anonymous and local classes are left out; use a record or a map");
        }
        // A type adapter of Gson's may nest too deep or write lone surrogates, so this goes the same way as foreign
        // text.
        return parse(written);
    }

    static JsonData of(JsonElement parsed) {
        return new JsonData(JsonSyntax.write(parsed));
    }

    /**
     * The JSON text.
     *
     * @return compact, without a line break
     */
    public String text() {
        return text;
    }

    /**
     * Reads it into an object.
     *
     * @param type for example {@code Double.class}, {@code Map.class}, a Java record
     * @param <T> the same
     * @return the object; null for JSON's null
     * @throws TelemetryException with {@code BAD_REQUEST} if the JSON is of another shape
     */
    public <T> @Nullable T as(Class<T> type) {
        try {
            return GSON.fromJson(text, type);
        } catch (RuntimeException e) {
            // A record whose constructor refuses the values arrives here as well.
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST, "the data is not a " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonData data && data.text.equals(text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
