package live.telemetry.core.json;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
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
import java.util.HashSet;
import java.util.Set;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;

/** Strict reading and compact writing. */
final class JsonSyntax {

    /** Longer numbers than any double needs; a bound, since what parses them later may take quadratic time. */
    private static final int MAX_NUMBER_LENGTH = 64;

    /** Levels that an envelope, an array of them or the answer of a poll puts around the data. */
    private static final int ENVELOPE_DEPTH = 4;

    /** What Gson says of most malformed texts; advice for whoever programs the reader, not for whoever wrote the text. */
    private static final String READER_ADVICE =
            "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

    private static final int MAX_REASON_LENGTH = 160;

    private static final TypeAdapter<JsonElement> TREE = new Gson().getAdapter(JsonElement.class);

    private JsonSyntax() {}

    /** The same value, compact; copied token by token, without a tree. */
    static String canonical(String json) {
        StringWriter out = new StringWriter(json.length() + 16);
        try (JsonReader reader = strictReader(json, JsonData.MAX_DEPTH);
                JsonWriter writer = compactWriter(out)) {
            copyValue(reader, writer);
            expectEnd(reader);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw malformed(e);
        }
        return escapeLoneSurrogates(out.toString());
    }

    /** A tree for envelopes: it may be a little deeper than data, since data stands inside it. */
    static JsonElement parse(String json) {
        try (JsonReader reader = strictReader(json, JsonData.MAX_DEPTH + ENVELOPE_DEPTH)) {
            JsonElement parsed = readValue(reader);
            expectEnd(reader);
            return parsed;
        } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw malformed(e);
        }
    }

    /** The text of a part of what {@link #parse} returned. */
    static String write(JsonElement element) {
        if (isDeeperThan(JsonData.MAX_DEPTH, element)) {
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST, "the data is nested deeper than " + JsonData.MAX_DEPTH + " levels");
        }
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

    private static boolean isDeeperThan(int levels, JsonElement element) {
        Iterable<JsonElement> children;
        if (element instanceof JsonArray array) {
            children = array;
        } else if (element instanceof JsonObject object) {
            children = object.asMap().values();
        } else {
            return false;
        }
        if (levels == 0) {
            return true;
        }
        for (JsonElement child : children) {
            if (isDeeperThan(levels - 1, child)) {
                return true;
            }
        }
        return false;
    }

    private static JsonReader strictReader(String json, int maxDepth) {
        JsonReader reader = new JsonReader(new StringReader(json));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(maxDepth);
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
                Set<String> names = new HashSet<>();
                while (reader.hasNext()) {
                    String name = reader.nextName();
                    if (!names.add(name)) {
                        throw duplicate(name);
                    }
                    writer.name(name);
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
            case NAME, END_ARRAY, END_OBJECT, END_DOCUMENT -> throw new MalformedJsonException("a value was expected");
        }
    }

    /** Gson's own adapter lets the last of two equal names win, and takes numbers that nobody can read. */
    private static JsonElement readValue(JsonReader reader) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                JsonObject object = new JsonObject();
                reader.beginObject();
                while (reader.hasNext()) {
                    String name = reader.nextName();
                    if (object.has(name)) {
                        throw duplicate(name);
                    }
                    object.add(name, readValue(reader));
                }
                reader.endObject();
                return object;
            }
            case BEGIN_ARRAY -> {
                JsonArray array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(readValue(reader));
                }
                reader.endArray();
                return array;
            }
            case NUMBER -> {
                JsonElement number = TREE.read(reader);
                number(number.getAsString());
                return number;
            }
            default -> {
                return TREE.read(reader);
            }
        }
    }

    private static MalformedJsonException duplicate(String name) {
        return new MalformedJsonException("the name \"" + name + "\" stands twice in one object");
    }

    /** A number beyond a double is infinite to some readers and an error to others. */
    private static String number(String digits) throws MalformedJsonException {
        if (digits.length() > MAX_NUMBER_LENGTH) {
            throw new MalformedJsonException("a number has more than " + MAX_NUMBER_LENGTH + " characters");
        }
        boolean hasExponent = digits.indexOf('e') >= 0 || digits.indexOf('E') >= 0;
        if (hasExponent && Double.isInfinite(Double.parseDouble(digits))) {
            throw new MalformedJsonException("the number " + digits + " is beyond a double");
        }
        return digits;
    }

    private static TelemetryException malformed(Exception e) {
        return new TelemetryException(ErrorCode.BAD_REQUEST, "not valid JSON: " + reason(e), e);
    }

    private static String reason(Exception e) {
        if (e instanceof EOFException) {
            return "the text ends too early";
        }
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        why = why.replace(READER_ADVICE, "unexpected text");
        return why.length() > MAX_REASON_LENGTH ? why.substring(0, MAX_REASON_LENGTH) + "…" : why;
    }
}
