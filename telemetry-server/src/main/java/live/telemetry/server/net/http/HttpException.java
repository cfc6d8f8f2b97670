package live.telemetry.server.net.http;

import java.util.List;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;

/** A request that is refused, with the header fields that its answer needs beyond those that go with the code. */
public final class HttpException extends TelemetryException {

    private static final long serialVersionUID = 1L;

    private final transient List<HeaderField> headers;

    /**
     * A refusal.
     *
     * @param code the code; it brings the status
     * @param message what is wrong and what to do; it is sent to the peer
     * @param headers further fields of the answer, such as {@code Allow}
     */
    public HttpException(ErrorCode code, String message, HeaderField... headers) {
        super(code, message);
        this.headers = List.of(headers);
    }

    /**
     * A malformed request.
     *
     * @param message what is wrong
     * @return the refusal, for 400
     */
    public static HttpException badRequest(String message) {
        return new HttpException(ErrorCode.BAD_REQUEST, message);
    }

    /**
     * Further fields of the answer.
     *
     * @return the fields, in order
     */
    public List<HeaderField> headers() {
        return headers;
    }
}
