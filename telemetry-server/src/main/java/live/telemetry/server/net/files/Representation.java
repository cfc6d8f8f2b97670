package live.telemetry.server.net.files;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import live.telemetry.server.net.http.HeaderField;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.RequestHead;

/**
 * A file in one content coding (RFC 9110 §3.2), and both answers that a request for it can get, made once. Its entity tag is strong:
 * a hash of these very bytes.
 */
final class Representation {

    private static final int TAG_BYTES = 12;

    private final String tag;
    private final HttpAnswer whole;
    private final HttpAnswer notModified;

    /** Of bytes that nobody changes any more. */
    Representation(String mediaType, byte[] content, List<HeaderField> fields) {
        tag = '"' + hash(content) + '"';
        whole = withFields(HttpAnswer.of(200, mediaType, content), fields);
        notModified = withFields(HttpAnswer.notModified(), fields);
    }

    private HttpAnswer withFields(HttpAnswer answer, List<HeaderField> fields) {
        HttpAnswer all = answer.with("ETag", tag);
        for (HeaderField field : fields) {
            all = all.with(field);
        }
        return all;
    }

    HttpAnswer answerTo(RequestHead request) {
        return isHeldBy(request) ? notModified : whole;
    }

    /** The comparison is the weak one (RFC 9110 §13.1.2): a proxy that recoded our answer has made its tag weak. */
    private boolean isHeldBy(RequestHead request) {
        return request.fields().list("If-None-Match").stream()
                .map(held -> held.startsWith("W/") ? held.substring(2) : held)
                .anyMatch(held -> held.equals(tag) || held.equals("*"));
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, TAG_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
