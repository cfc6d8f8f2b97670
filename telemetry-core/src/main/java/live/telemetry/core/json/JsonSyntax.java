package live.telemetry.core.json;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;

/** Strict reading and compact writing. */
final class JsonSyntax {

    /** Longer numbers than any double needs; a bound, since what parses them later may take quadratic time. */
    private static final int MAX_NUMBER_LENGTH = 64;

    private static final TypeAdapter<JsonElement> TREE = new Gson().getAdapter(JsonElement.class);

    private JsonSyntax() {}

    /** The same value, compact; copied token by token, without a tree. */
    static String canonical(String json) {
        StringWriter out = new StringWriter(json.length() + 16);
        try (JsonReader reader = strictReader(json);
                JsonWriter writer = compactWriter(out)) {
            copyValue(reader, writer);
            expectEnd(reader);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw malformed(e);
        }
        return escapeLoneSurrogates(out.toString());
    }

    static JsonElement parse(String json) {
        try (JsonReader reader = strictReader(json)) {
            JsonElement parsed = TREE.read(reader);
            expectEnd(reader);
            return parsed;
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw malformed(e);
        }
    }

    static String write(JsonElement element) {
        StringWriter out = new StringWriter();
        try (JsonWriter writer = compactWriter(out)) {
            TREE.write(writer, element);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return escapeLoneSurrogates(out.toString());
    }

    static JsonWriter compactWriter(StringWriter out) {
        JsonWriter writer = new JsonWriter(out);
        writer.setStrictness(Strictness.STRICT);
        writer.setSerializeNulls(true);
        return writer;
    }

    /**
     * Half a surrogate pair cannot be written as UTF-8. It can only stand within a string, where its escape means the same.
     */
    static String escapeLoneSurrogates(String json) {
        StringBuilder escaped = null;
        int copied = 0;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < json.length() && Character.isLowSurrogate(json.charAt(i + 1))) {
                i++;
                continue;
            }
            escaped = escaped == null ? new StringBuilder(json.length() + 16) : escaped;
            escaped.append(json, copied, i).append(String.format("\\u%04x", (int) c));
            copied = i + 1;
        }
        return escaped == null
                ? json
                : escaped.append(json, copied, json.length()).toString();
    }

    private static JsonReader strictReader(String json) {
        JsonReader reader = new JsonReader(new StringReader(json));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(JsonData.MAX_DEPTH);
        return reader;
    }

    private static void expectEnd(JsonReader reader) throws IOException {
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new MalformedJsonException("text after the end of the value");
        }
    }

    private static void copyValue(JsonReader reader, JsonWriter writer) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                reader.beginObject();
                writer.beginObject();
                while (reader.hasNext()) {
                    writer.name(reader.nextName());
                    copyValue(reader, writer);
                }
                reader.endObject();
                writer.endObject();
            }
            case BEGIN_ARRAY -> {
                reader.beginArray();
                writer.beginArray();
                while (reader.hasNext()) {
                    copyValue(reader, writer);
                }
                reader.endArray();
                writer.endArray();
            }
            case STRING -> writer.value(reader.nextString());
            case NUMBER -> writer.jsonValue(number(reader.nextString()));
            case BOOLEAN -> writer.value(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                writer.nullValue();
            }
            case NAME, END_ARRAY, END_OBJECT, END_DOCUMENT ->
                throw new MalformedJsonException("a value was expected" + reader.getPath());
        }
    }

    private static String number(String digits) throws MalformedJsonException {
        if (digits.length() > MAX_NUMBER_LENGTH) {
            throw new MalformedJsonException("a number has more than " + MAX_NUMBER_LENGTH + " characters");
        }
        return digits;
    }

    private static TelemetryException malformed(Exception e) {
        String why = e instanceof EOFException ? "the text ends too early" : e.getMessage();
        return new TelemetryException(ErrorCode.BAD_REQUEST, "not valid JSON: " + why, e);
    }
}
