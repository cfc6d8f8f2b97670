package live.telemetry.core.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, read by name and checked as they are read; fields that nobody asks for are ignored. A field
 * that is null counts as absent. Every method throws {@link TelemetryException} with {@code BAD_REQUEST}, naming the field,
 * where a field has another type than it was asked for.
 */
public final class JsonFields {

    private final JsonObject object;

    private JsonFields(JsonObject object) {
        this.object = object;
    }

    /**
     * Parses an object.
     *
     * @param json the text of one JSON object
     * @return its fields
     * @throws TelemetryException with {@code BAD_REQUEST} if it is something else
     */
    public static JsonFields parse(String json) {
        if (JsonSyntax.parse(json) instanceof JsonObject object) {
            return new JsonFields(object);
        }
        throw bad("a JSON object was expected");
    }

    /**
     * Parses an object, or an array of objects.
     *
     * @param json the text
     * @return one element for an object
     * @throws TelemetryException with {@code BAD_REQUEST} if it is something else
     */
    public static List<JsonFields> parseOneOrMany(String json) {
        JsonElement parsed = JsonSyntax.parse(json);
        if (parsed instanceof JsonArray array) {
            return objects("the array", array);
        }
        if (parsed instanceof JsonObject object) {
            return List.of(new JsonFields(object));
        }
        throw bad("a JSON object or an array of them was expected");
    }

    /**
     * Whether a field is there.
     *
     * @param name the field
     * @return true unless it is absent or null
     */
    public boolean has(String name) {
        return present(name) != null;
    }

    /**
     * A string that may be absent.
     *
     * @param name the field
     * @return the string
     */
    public Optional<String> string(String name) {
        JsonElement element = present(name);
        if (element == null) {
            return Optional.empty();
        }
        if (element instanceof JsonPrimitive primitive && primitive.isString()) {
            return Optional.of(primitive.getAsString());
        }
        throw bad("\"" + name + "\" must be a string");
    }

    /**
     * A string that must be there.
     *
     * @param name the field
     * @return the string
     */
    public String requiredString(String name) {
        return string(name).orElseThrow(() -> missing(name));
    }

    /**
     * A whole number from 0 to 2<sup>53</sup>−1 that may be absent.
     *
     * @param name the field
     * @return the number
     */
    public OptionalLong wholeNumber(String name) {
        Optional<BigDecimal> number = number(name);
        if (number.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long value = number.get().longValueExact();
            if (value >= 0 && value < Position.SEQ_LIMIT) {
                return OptionalLong.of(value);
            }
        } catch (ArithmeticException e) {
            throw notWhole(name, e);
        }
        throw notWhole(name, null);
    }

    /**
     * A whole number from 0 to 2<sup>53</sup>−1 that must be there.
     *
     * @param name the field
     * @return the number
     */
    public long requiredWholeNumber(String name) {
        return wholeNumber(name).orElseThrow(() -> missing(name));
    }

    /**
     * A number that may be absent.
     *
     * @param name the field
     * @return the number
     */
    public OptionalDouble decimal(String name) {
        return number(name).map(n -> OptionalDouble.of(n.doubleValue())).orElse(OptionalDouble.empty());
    }

    /**
     * A boolean that may be absent.
     *
     * @param name the field
     * @return the boolean
     */
    public Optional<Boolean> bool(String name) {
        JsonElement element = present(name);
        if (element == null) {
            return Optional.empty();
        }
        if (element instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return Optional.of(primitive.getAsBoolean());
        }
        throw bad("\"" + name + "\" must be true or false");
    }

    /**
     * An object that may be absent.
     *
     * @param name the field
     * @return its fields; empty also if the field is there but is not an object
     */
    public Optional<JsonFields> objectIfAny(String name) {
        return present(name) instanceof JsonObject inner ? Optional.of(new JsonFields(inner)) : Optional.empty();
    }

    /**
     * An object that must be there, field by field.
     *
     * @param name the field
     * @return name → fields, in the order of the text; every value must be an object
     */
    public Map<String, JsonFields> requiredObjectOfObjects(String name) {
        if (!(present(name) instanceof JsonObject outer)) {
            throw bad("\"" + name + "\" must be an object");
        }
        Map<String, JsonFields> fields = new LinkedHashMap<>();
        outer.entrySet().forEach(entry -> {
            if (!(entry.getValue() instanceof JsonObject inner)) {
                throw bad("\"" + name + "\" must have only objects");
            }
            fields.put(entry.getKey(), new JsonFields(inner));
        });
        return fields;
    }

    /**
     * An array of objects that may be absent.
     *
     * @param name the field
     * @return the objects; empty if it is absent
     */
    public List<JsonFields> objects(String name) {
        JsonElement element = present(name);
        if (element == null) {
            return List.of();
        }
        if (element instanceof JsonArray array) {
            return objects("\"" + name + "\"", array);
        }
        throw bad("\"" + name + "\" must be an array");
    }

    /**
     * Any value, null included, that must be there.
     *
     * @param name the field
     * @return the value
     */
    public JsonData requiredData(String name) {
        JsonElement element = object.get(name);
        if (element == null) {
            throw missing(name);
        }
        return JsonData.of(element);
    }

    private static List<JsonFields> objects(String what, JsonArray array) {
        List<JsonFields> objects = new ArrayList<>(array.size());
        for (JsonElement element : array) {
            if (!(element instanceof JsonObject inner)) {
                throw bad(what + " must have only objects");
            }
            objects.add(new JsonFields(inner));
        }
        return objects;
    }

    private Optional<BigDecimal> number(String name) {
        JsonElement element = present(name);
        if (element == null) {
            return Optional.empty();
        }
        if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
            String digits = primitive.getAsString();
            if (digits.length() <= 32) {
                try {
                    return Optional.of(new BigDecimal(digits));
                } catch (NumberFormatException e) {
                    // JSON has no bound for an exponent, BigDecimal has.
                    throw bad("\"" + name + "\" has an exponent out of bounds");
                }
            }
        }
        throw bad("\"" + name + "\" must be a number");
    }

    private @Nullable JsonElement present(String name) {
        JsonElement element = object.get(name);
        return element == null || element.isJsonNull() ? null : element;
    }

    private static TelemetryException notWhole(String name, @Nullable ArithmeticException cause) {
        TelemetryException e = bad("\"" + name + "\" must be a whole number from 0 to 2^53-1");
        if (cause != null) {
            e.initCause(cause);
        }
        return e;
    }

    private static TelemetryException missing(String name) {
        return bad("\"" + name + "\" is missing");
    }

    private static TelemetryException bad(String message) {
        return new TelemetryException(ErrorCode.BAD_REQUEST, message);
    }
}
