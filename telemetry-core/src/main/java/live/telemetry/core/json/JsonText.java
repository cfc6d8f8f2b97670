package live.telemetry.core.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object, compact, field by field in the order of the calls. A field whose value is null is left away. For
 * one thread and one object.
 */
public final class JsonText {

    private final StringWriter out = new StringWriter(128);
    private final JsonWriter writer = JsonSyntax.compactWriter(out);

    private JsonText() {
        write(writer::beginObject);
    }

    /**
     * Begins an object.
     *
     * @return a writer for its fields
     */
    public static JsonText object() {
        return new JsonText();
    }

    /**
     * A string field.
     *
     * @param name the field
     * @param value the string, or null for no field
     * @return this
     */
    public JsonText field(String name, @Nullable String value) {
        return value == null ? this : write(() -> writer.name(name).value(value));
    }

    /**
     * A number field.
     *
     * @param name the field
     * @param value the number, or null for no field; a double must be finite
     * @return this
     */
    public JsonText field(String name, @Nullable Number value) {
        return value == null ? this : write(() -> writer.name(name).value(value));
    }

    /**
     * A boolean field.
     *
     * @param name the field
     * @param value the boolean
     * @return this
     */
    public JsonText field(String name, boolean value) {
        return write(() -> writer.name(name).value(value));
    }

    /**
     * A field with any JSON value.
     *
     * @param name the field
     * @param value the value
     * @return this
     */
    public JsonText field(String name, JsonData value) {
        return write(() -> writer.name(name).jsonValue(value.text()));
    }

    /**
     * Begins a field that is an object; {@link #end()} ends it.
     *
     * @param name the field
     * @return this
     */
    public JsonText begin(String name) {
        return write(() -> writer.name(name).beginObject());
    }

    /**
     * Ends what {@link #begin(String)} began.
     *
     * @return this
     */
    public JsonText end() {
        return write(writer::endObject);
    }

    /**
     * Ends the object.
     *
     * @return its text
     */
    public String text() {
        write(writer::endObject);
        return JsonSyntax.escapeLoneSurrogates(out.toString());
    }

    private JsonText write(Step step) {
        try {
            step.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
