package live.telemetry.server.net.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The header fields of a request, in their order; a name may occur more than once, and its case does not matter. Lookups
 * walk the list: a head has few fields, and their number is bounded.
 */
public final class HeaderFields {

    private final List<HeaderField> fields;

    HeaderFields(List<HeaderField> fields) {
        this.fields = List.copyOf(fields);
    }

    /**
     * The value of a field that should occur once.
     *
     * @param name the field
     * @return the value of its first line
     */
    public Optional<String> first(String name) {
        for (HeaderField field : fields) {
            if (field.isNamed(name)) {
                return Optional.of(field.value());
            }
        }
        return Optional.empty();
    }

    /**
     * The values of all lines of a field.
     *
     * @param name the field
     * @return one element a line, in order; empty if there is none
     */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(1);
        for (HeaderField field : fields) {
            if (field.isNamed(name)) {
                values.add(field.value());
            }
        }
        return values;
    }

    /**
     * The elements of a field that is a comma-separated list of tokens. Several lines are one list (RFC 9110 §5.3), and empty
     * elements do not count (§5.6.1.2).
     *
     * @param name the field
     * @return the elements, in order; empty if there is none
     */
    public List<String> list(String name) {
        List<String> elements = new ArrayList<>();
        for (String line : all(name)) {
            for (String element : line.split(",")) {
                String stripped = HttpSyntax.trimWhitespace(element);
                if (!stripped.isEmpty()) {
                    elements.add(stripped);
                }
            }
        }
        return elements;
    }

    /**
     * Whether a comma-separated list has an element, in any case.
     *
     * @param name the field
     * @param element for example {@code upgrade}
     * @return true if it is there
     */
    public boolean listContains(String name, String element) {
        return list(name).stream().anyMatch(element::equalsIgnoreCase);
    }

    /**
     * Whether the peer takes a content coding (RFC 9110 §12.5.3). A bare {@code *} does not count: every peer takes what is not coded.
     *
     * @param coding such as {@code gzip}
     * @return true if {@code Accept-Encoding} names it, and not with the weight zero
     */
    public boolean acceptsCoding(String coding) {
        for (String element : list("Accept-Encoding")) {
            int semicolon = element.indexOf(';');
            String name = semicolon < 0 ? element : HttpSyntax.trimWhitespace(element.substring(0, semicolon));
            if (name.equalsIgnoreCase(coding)) {
                String weight = semicolon < 0 ? "" : HttpSyntax.trimWhitespace(element.substring(semicolon + 1));
                return !weight.matches("[qQ]=0(\\.0{0,3})?");
            }
        }
        return false;
    }

    /**
     * Whether a field occurs.
     *
     * @param name the field
     * @return true if at least one line has it
     */
    public boolean has(String name) {
        return first(name).isPresent();
    }
}
