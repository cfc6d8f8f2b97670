package live.telemetry.client.transport.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Requests by {@code java.net.http}, of one transport. */
final class JdkHttpCalls implements HttpCalls {

    private final HttpClient client;
    private final URI endpoint;
    private final SessionThread thread;
    private final Set<JdkHttpCall> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    JdkHttpCalls(HttpClient client, URI endpoint, SessionThread thread) {
        this.client = client;
        this.endpoint = endpoint;
        this.thread = thread;
    }

    @Override
    public HttpCall send(HttpAsk ask, CallListener listener) {
        JdkHttpCall call = new JdkHttpCall(thread, listener, underWay::remove);
        underWay.add(call);
        HttpRequest request;
        try {
            request = request(ask);
        } catch (IllegalArgumentException e) {
            // Without the message, which has the token in it.
            call.ended(new CallFailure("the token has characters that do not fit into a header field", false));
            return call;
        }
        call.begin(client, request);
        if (closed) {
            call.cancel();
        }
        return call;
    }

    private HttpRequest request(HttpAsk ask) {
        HttpRequest.Builder request = HttpRequest.newBuilder(resource(endpoint, ask.resource()))
                .timeout(ask.timeout())
                .header("Accept", ask.accept())
                // Not every proxy knows that the answer to a GET may change.
                .header("Cache-Control", "no-cache");
        if (ask.token() != null) {
            request.header("Authorization", "Bearer " + ask.token());
        }
        if (ask.body() == null) {
            return request.GET().build();
        }
        return request.header("Content-Type", HttpAsk.JSON)
                .POST(BodyPublishers.ofString(ask.body()))
                .build();
    }

    /** {@code ws://host/telemetry?a=b} → {@code http://host/telemetry/events?a=b}. */
    static URI resource(URI endpoint, String name) {
        String scheme = "wss".equals(endpoint.getScheme()) ? "https" : "http";
        String path = endpoint.getRawPath().replaceAll("/+$", "");
        @Nullable String query = endpoint.getRawQuery();
        return URI.create(
                scheme + "://" + endpoint.getRawAuthority() + path + '/' + name + (query == null ? "" : '?' + query));
    }

    @Override
    public void close() {
        closed = true;
        underWay.forEach(JdkHttpCall::cancel);
    }
}
