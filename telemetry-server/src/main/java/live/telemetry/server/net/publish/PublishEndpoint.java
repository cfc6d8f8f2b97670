package live.telemetry.server.net.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Publication;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.json.JsonFields;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.Utf8;
import live.telemetry.server.node.Node;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the body of a request says: one object, whose outcome is the answer and its status, or an array of them, whose
 * outcomes are an array in the same order under 200. The answer is given when the broadcaster has stored, or refused, all.
 */
public final class PublishEndpoint implements Endpoint {

    /** More than fit into a body of the default size, so that answers are bounded by it as well. */
    static final int MAX_PUBLICATIONS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(PublishEndpoint.class);

    private final Node node;

    /**
     * The endpoint of a server.
     *
     * @param node where it publishes
     */
    public PublishEndpoint(Node node) {
        this.node = node;
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.POST);
    }

    @Override
    public void serve(Exchange exchange) {
        String text = Utf8.decode(exchange.body());
        List<JsonFields> wanted = JsonFields.parseOneOrMany(text);
        boolean many = text.stripLeading().startsWith("[");
        if (wanted.size() > MAX_PUBLICATIONS) {
            throw HttpException.badRequest("an array may have " + MAX_PUBLICATIONS + " publications; send it in parts");
        }
        long now = exchange.connection().loop().wallMillis();
        Rights rights = exchange.identity().rights();
        List<CompletableFuture<ServerEnvelope>> outcomes = new ArrayList<>(wanted.size());
        for (JsonFields fields : wanted) {
            outcomes.add(publish(fields, rights, now).toCompletableFuture());
        }
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .thenRun(() -> exchange.connection().loop().execute(() -> {
                    List<ServerEnvelope> done =
                            outcomes.stream().map(CompletableFuture::join).toList();
                    exchange.answer(many ? answer(done) : answer(done.get(0)));
                }));
    }

    /** Never fails: a refusal is an outcome. */
    private CompletionStage<ServerEnvelope> publish(JsonFields fields, Rights rights, long now) {
        Publish publish;
        try {
            publish = EnvelopeCodec.decodePublish(fields);
        } catch (ProtocolException e) {
            return CompletableFuture.completedFuture(failure(e.id(), e));
        }
        Long id = publish.id();
        try {
            if (!rights.mayPublish(publish.topic())) {
                throw new TelemetryException(
                        ErrorCode.FORBIDDEN, "the token does not allow to publish to \"" + publish.topic() + '"');
            }
            return node.publish(new Publication(publish.topic(), now, publish.key(), publish.data()))
                    .handle((position, error) ->
                            error == null ? new Published(id, publish.topic(), position) : failure(id, error));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failure(id, e));
        }
    }

    private static ServerEnvelope failure(@Nullable Long id, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TelemetryException known) {
            return new Failure(id, known.code(), String.valueOf(known.getMessage()));
        }
        LOG.warn("a publication over HTTP failed", cause);
        return new Failure(id, ErrorCode.INTERNAL, "internal error; the server's log has the details");
    }

    private static HttpAnswer answer(ServerEnvelope outcome) {
        if (outcome instanceof Failure failure) {
            return HttpAnswer.error(failure.code(), failure.message());
        }
        return HttpAnswer.json(200, EnvelopeCodec.encode(outcome));
    }

    private static HttpAnswer answer(List<ServerEnvelope> outcomes) {
        return HttpAnswer.json(
                200, outcomes.stream().map(EnvelopeCodec::encode).collect(Collectors.joining(",", "[", "]")));
    }
}
