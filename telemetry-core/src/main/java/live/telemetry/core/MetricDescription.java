package live.telemetry.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the samples of a {@link MetricSource} are to be shown. All of it is optional: whoever shows them has defaults. It travels as a
 * record of {@link #TOPIC} whose key is the source's topic, so whoever may read that topic gets it, on any node. Immutable; {@code
 * with…} returns a changed copy.
 *
 * <pre>{@code
 * MetricDescription.titled("Orders").withGroup("Shop").withField("open", "open orders", "").withField("rate", "rate", "/s")
 * }</pre>
 *
 * <p>A unit is {@code bytes}, {@code bytes/s}, {@code percent} (0 to 100), {@code ns}, {@code ms}, {@code s}, {@code /s}, which are
 * shown in steps that fit the value, or any other text, which is shown behind the number; empty for a mere number.
 *
 * @param title of the topic; null for one that is made from its name
 * @param group of topics that are shown together; null for the first token of the topic
 * @param order within the group and among groups, smaller ones first; null for the end
 * @param unit of fields that have none of their own; null for one that is guessed from the field's name
 * @param fields by the name of the field in the data, such as {@code used} or {@code heap.used}, in the order in which they are shown; an
 *     empty name where the data is a number itself
 */
public record MetricDescription(
        @Nullable String title,
        @Nullable String group,
        @Nullable Integer order,
        @Nullable String unit,
        Map<String, Field> fields) {

    /** Where descriptions are published. */
    public static final Topic TOPIC = Topic.of("telemetry.descriptions");

    /**
     * A number in the data.
     *
     * @param title what it is called; null for its name
     * @param unit as above; null for that of the description
     */
    public record Field(@Nullable String title, @Nullable String unit) {}

    /** Copies the fields. */
    public MetricDescription {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * A description that has a title only.
     *
     * @param title of the topic
     * @return the description
     */
    public static MetricDescription titled(String title) {
        return new MetricDescription(title, null, null, null, Map.of());
    }

    /**
     * The same in a group.
     *
     * @param name of the group
     * @return the changed description
     */
    public MetricDescription withGroup(String name) {
        return new MetricDescription(title, name, order, unit, fields);
    }

    /**
     * The same at a place.
     *
     * @param place smaller ones first
     * @return the changed description
     */
    public MetricDescription withOrder(int place) {
        return new MetricDescription(title, group, place, unit, fields);
    }

    /**
     * The same with a unit for all fields that have none.
     *
     * @param name see above
     * @return the changed description
     */
    public MetricDescription withUnit(String name) {
        return new MetricDescription(title, group, order, name, fields);
    }

    /**
     * The same with a further field, in the unit of the description.
     *
     * @param name in the data
     * @param label what it is called
     * @return the changed description
     */
    public MetricDescription withField(String name, String label) {
        return with(name, new Field(label, null));
    }

    /**
     * The same with a further field.
     *
     * @param name in the data
     * @param label what it is called
     * @param ofField its unit
     * @return the changed description
     */
    public MetricDescription withField(String name, String label, String ofField) {
        return with(name, new Field(label, ofField));
    }

    private MetricDescription with(String name, Field field) {
        Map<String, Field> more = new LinkedHashMap<>(fields);
        more.put(name, field);
        return new MetricDescription(title, group, order, unit, more);
    }
}
