package live.telemetry.server.net.http;

/**
 * One header field line.
 *
 * @param name the name; its case does not matter (RFC 9110 §5.1)
 * @param value the value, without the white space around it
 */
public record HeaderField(String name, String value) {

    /**
     * Whether this is the field of that name.
     *
     * @param other a name, in any case
     * @return true if it is the same name
     */
    public boolean isNamed(String other) {
        return name.equalsIgnoreCase(other);
    }
}
