package live.telemetry.server.net.http;

/** The methods that this server tells apart. */
public enum HttpMethod {
    /** Reads. */
    GET,
    /** Reads, but the answer has no body. */
    HEAD,
    /** Brings a body. */
    POST,
    /** Asks what is allowed; the preflight of CORS. */
    OPTIONS,
    /**
     * Any other well-formed method. It is not refused while parsing, since only the path decides between 404 and 405, and a
     * 405 has to name what that path allows (RFC 9110 §15.5.6).
     */
    OTHER;

    /** Methods are case-sensitive (RFC 9110 §9.1): {@code get} is another one. */
    static HttpMethod of(String token) {
        return switch (token) {
            case "GET" -> GET;
            case "HEAD" -> HEAD;
            case "POST" -> POST;
            case "OPTIONS" -> OPTIONS;
            default -> OTHER;
        };
    }
}
