package live.telemetry.server.net.http;

/**
 * One header field line.
 *
 * @param name the name; its case does not matter (RFC 9110 §5.1)
 * @param value the value, without the white space around it
 */
public record HeaderField(String name, String value) {

    /**
     * Refuses what would break an answer: a line end in a value would be a second answer.
     *
     * @return this
     * @throws IllegalArgumentException if the name is no token, or the value has a control character
     */
    public HeaderField requireSendable() {
        if (!HttpSyntax.isToken(name) || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("not a valid header field: " + name);
        }
        return this;
    }

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
