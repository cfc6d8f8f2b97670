package live.telemetry.client.transport.http;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportRequest;
import org.jspecify.annotations.Nullable;

/**
 * Makes transports over plain HTTP, for networks that refuse WebSocket. They share one {@link HttpClient}, with its connections, its
 * selector thread and a pool of threads; so one of these is enough for a client, and two transports at a time are what the pool
 * is made for. Any thread.
 *
 * <p>There is nothing to close. A transport that is closed gives up its requests; the pool's threads end when they were idle for
 * {@value #IDLE_SECONDS} s, and the selector thread when the last user of this has gone.
 *
 * <p>Both transports emulate a session: whoever uses them sends and gets envelopes as over a WebSocket. What is different:
 *
 * <ul>
 *   <li>{@code resync} is answered with {@code BAD_REQUEST}.
 *   <li>A topic of a pattern that a renewed token does not cover ends without {@code unsubscribed}.
 *   <li>Long polls have a {@code welcome} of their own, whose heartbeat is half of what a poll may take, and without {@code expiresAt}.
 *   <li>An answer that is not of a telemetry server ends the transport without {@code byServer}, whatever its status.
 * </ul>
 */
public final class HttpTransports {

    /** Threads that carry what comes: one for each of two transports whose listeners block, and two for everything else. */
    private static final int THREADS = 4;

    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor executor;

    // Under this object's lock.
    private @Nullable HttpClient client;
    private @Nullable Duration connectTimeout;
    private @Nullable SSLContext sslContext;

    /** Begins with the first transport. */
    public HttpTransports() {
        executor = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "telemetry-client-http");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * A transport over Server-Sent Events that has not been opened.
     *
     * @param request what to connect to
     * @return a new one
     */
    public Transport sse(TransportRequest request) {
        return transport(request, new SerialThread(executor), EventStream.kind(request.maxMessageBytes()));
    }

    /**
     * A transport over long polls that has not been opened.
     *
     * @param request what to connect to
     * @return a new one
     */
    public Transport longPoll(TransportRequest request) {
        SessionThread thread = new SerialThread(executor);
        return transport(request, thread, PollStream.kind(thread, request.maxMessageBytes()));
    }

    private Transport transport(TransportRequest request, SessionThread thread, EnvelopeStream.Kind kind) {
        HttpCalls calls = new JdkHttpCalls(client(request), request.uri(), thread);
        return new HttpTransport(
                thread, calls, request.token(), listener -> new HttpSession(thread, calls, kind, listener));
    }

    /** The settings of an application do not change, so there is one client. */
    private synchronized HttpClient client(TransportRequest request) {
        HttpClient made = client;
        if (made != null && request.connectTimeout().equals(connectTimeout) && request.sslContext() == sslContext) {
            return made;
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                // An offer to upgrade to HTTP/2 in the clear is of no use, and strict proxies refuse it.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(request.connectTimeout())
                .executor(executor);
        if (request.sslContext() != null) {
            builder.sslContext(request.sslContext());
        }
        HttpClient newClient = builder.build();
        client = newClient;
        connectTimeout = request.connectTimeout();
        sslContext = request.sslContext();
        return newClient;
    }
}
