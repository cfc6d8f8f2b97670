package live.telemetry.server.net.http;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The header fields of CORS (Fetch standard §3.2), by which a browser lets a page of another origin read an answer. */
public final class CrossOrigin {

    private static final String PREFLIGHT_SECONDS = "600";

    private CrossOrigin() {}

    /**
     * Lets the page read the answer. Errors too are given this, so that a page can see why it was refused.
     *
     * @param answer the answer
     * @param admission says which page asked, if one did
     * @return the answer with the fields; unchanged if no page asked
     */
    public static HttpAnswer expose(HttpAnswer answer, Admission admission) {
        String origin = admission.origin();
        if (origin == null) {
            return answer;
        }
        return answer.with("Access-Control-Allow-Origin", origin)
                .with("Vary", "Origin")
                .with("Access-Control-Expose-Headers", "Retry-After");
    }

    /**
     * The answer to {@code OPTIONS}, a preflight or not.
     *
     * @param admission says which page asked, if one did
     * @param allowed what the path allows, besides {@code OPTIONS}
     * @return 204 with what is allowed
     */
    public static HttpAnswer preflight(Admission admission, HttpMethod... allowed) {
        String methods = Arrays.stream(allowed).map(HttpMethod::name).collect(Collectors.joining(", ")) + ", OPTIONS";
        HttpAnswer answer = HttpAnswer.noContent()
                .with("Allow", methods)
                .with("Access-Control-Allow-Methods", methods)
                .with("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID")
                .with("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        return expose(answer, admission);
    }
}
