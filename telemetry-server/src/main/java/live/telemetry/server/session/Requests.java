package live.telemetry.server.session;

import java.util.concurrent.CompletionStage;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.server.node.NodeTopic;

/** The requests of a peer that sends messages, as far as they are about topics; each is answered by its id. */
final class Requests {

    private final Session session;

    Requests(Session session) {
        this.session = session;
    }

    void subscribe(Subscribe request) {
        session.subscribe(request, false, new Begin() {
            @Override
            public void begun() {
                // The peer is told by the answer.
            }

            @Override
            public void failed(Throwable error) {
                session.fail(request.id(), error);
            }
        });
    }

    void publish(Publish publish) {
        if (!session.rights().mayPublish(publish.topic())) {
            throw session.forbidden("publish to", TopicPattern.of(publish.topic()));
        }
        Publication publication =
                new Publication(publish.topic(), session.loop().wallMillis(), publish.key(), publish.data());
        CompletionStage<Position> stored = session.server().node().publish(publication);
        session.await(
                stored, publish.id(), position -> session.send(new Published(publish.id(), publish.topic(), position)));
    }

    void resync(Resync resync) {
        TopicPattern pattern = TopicPattern.of(resync.topic());
        if (!session.rights().maySubscribe(resync.topic())) {
            throw session.forbidden("read", pattern);
        }
        SessionLimits limits = session.server().limits();
        if (resync.to() - resync.from() >= limits.maxResyncRecords()) {
            throw new TelemetryException(
                    ErrorCode.RANGE_TOO_LARGE,
                    "a resync covers at most " + limits.maxResyncRecords() + " records; ask in parts");
        }
        session.await(session.server().node().lookUp(pattern), resync.id(), found -> {
            // No record is under the epoch "", so whatever the topic has is of another.
            NodeTopic topic = found.isEmpty() || resync.epoch().isEmpty() ? null : found.get(0);
            session.addReplay(new Replay(session, topic, resync, limits.maxResyncBytes()));
        });
    }
}
