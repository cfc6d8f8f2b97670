package live.telemetry.server.net.http;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import live.telemetry.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: its request line and its header fields, checked and decoded. Immutable. It may hold a token, so it
 * shows nothing but method and path when it is logged.
 */
public final class RequestHead {

    private final HttpMethod method;
    private final RequestTarget target;
    private final int minorVersion;
    private final HeaderFields fields;
    private final @Nullable Authority host;
    private final long contentLength;

    RequestHead(
            HttpMethod method,
            RequestTarget target,
            int minorVersion,
            HeaderFields fields,
            @Nullable Authority host,
            long contentLength) {
        this.method = method;
        this.target = target;
        this.minorVersion = minorVersion;
        this.fields = fields;
        this.host = host;
        this.contentLength = contentLength;
    }

    /**
     * The method.
     *
     * @return the method
     */
    public HttpMethod method() {
        return method;
    }

    /**
     * Refuses other methods than these, with the {@code Allow} that RFC 9110 §15.5.6 asks for. {@code OPTIONS} is named in it
     * too, since every path answers that.
     *
     * @param allowed what the path allows
     * @throws HttpException with 405 if the method is another one
     */
    public void requireMethod(HttpMethod... allowed) {
        List<HttpMethod> methods = List.of(allowed);
        if (!methods.contains(method)) {
            String allow = methods.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
            throw new HttpException(
                    ErrorCode.METHOD_NOT_ALLOWED,
                    "this path allows " + allow,
                    new HeaderField("Allow", methods.contains(HttpMethod.OPTIONS) ? allow : allow + ", OPTIONS"));
        }
    }

    /**
     * The path, decoded, without the query.
     *
     * @return it begins with a slash, or is {@code *} (only for {@code OPTIONS})
     */
    public String path() {
        return target.path();
    }

    /**
     * The parameters behind the question mark.
     *
     * @return the parameters, none if there was no question mark
     */
    public QueryParameters query() {
        return target.query();
    }

    /**
     * The minor version of HTTP/1.
     *
     * @return 0 or 1
     */
    public int minorVersion() {
        return minorVersion;
    }

    /**
     * The header fields.
     *
     * @return the fields
     */
    public HeaderFields fields() {
        return fields;
    }

    /** The host that the request is for; always there in HTTP/1.1. */
    Optional<Authority> host() {
        return Optional.ofNullable(host);
    }

    /**
     * The size of the body that follows.
     *
     * @return bytes; 0 without {@code Content-Length}; above 0 only for {@code POST} and for methods that no path allows
     */
    public long contentLength() {
        return contentLength;
    }

    /**
     * Whether the peer waits for {@link HttpAnswer#continueBytes()} before it sends the body, as curl does with a large one. In
     * HTTP/1.0 the field is ignored (RFC 9110 §10.1.1).
     *
     * @return true if it waits
     */
    public boolean expectsContinue() {
        return minorVersion >= 1 && contentLength > 0 && fields.listContains("Expect", "100-continue");
    }

    /**
     * Whether the connection may carry another request behind this one. HTTP/1.0 is never kept.
     *
     * @return false if it is to be closed after the answer
     */
    public boolean keepAlive() {
        return minorVersion >= 1 && !fields.listContains("Connection", "close");
    }

    @Override
    public String toString() {
        return method + " " + target.path();
    }
}
