package live.telemetry.client.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.http.FakeCalls.Call;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The session over event streams, without sockets. */
class HttpSessionTest {

    private final ManualThread thread = new ManualThread();
    private final FakeCalls calls = new FakeCalls();
    private final Told core = new Told();
    private final HttpSession session = new HttpSession(thread, calls, EventStream.kind(10_000), core);

    @BeforeEach
    void open() {
        session.open("t0k.en");
    }

    private Call welcomed() {
        Call first = calls.next();
        first.welcomes();
        core.take();
        return first;
    }

    private Call nextStream() {
        thread.advance(Streams.SETTLE);
        return calls.next();
    }

    private static String subscribe(int id, String topic, String more) {
        return "{\"type\":\"subscribe\",\"id\":" + id + ",\"topic\":\"" + topic + '"' + more + '}';
    }

    private static String unsubscribe(int id, String topic) {
        return "{\"type\":\"unsubscribe\",\"id\":" + id + ",\"topic\":\"" + topic + "\"}";
    }

    private static String subscribed(String topic, String epoch, long seq, String more) {
        return "{\"type\":\"subscribed\",\"topic\":\"" + topic + "\"" + more + ",\"epoch\":\"" + epoch + "\",\"seq\":"
                + seq + ",\"head\":" + seq + ",\"recovered\":true}";
    }

    private static String answer(int id, String topic, String epoch, long seq) {
        return subscribed(topic, epoch, seq, "").replace("\"topic\"", "\"id\":" + id + ",\"topic\"");
    }

    private static String data(String topic, long seq) {
        return "{\"type\":\"data\",\"topic\":\"" + topic + "\",\"seq\":" + seq + ",\"ts\":1,\"data\":1}";
    }

    private static String error(int id, String code) {
        return "{\"type\":\"error\",\"id\":" + id + ",\"code\":\"" + code + "\"";
    }

    /** A stream with the topic a, which stands at e:5. */
    private Call live() {
        welcomed();
        session.send(subscribe(1, "a", ""));
        Call stream = nextStream();
        stream.welcomes();
        stream.events(subscribed("a", "e", 5, ""));
        core.take();
        return stream;
    }

    @Test
    void itBeginsWithAStreamOfNothingAndItsWelcome() {
        Call first = calls.next();
        assertThat(first.ask.resource()).isEqualTo("events");
        assertThat(first.ask.token()).isEqualTo("t0k.en");
        assertThat(first.topics()).containsExactly("telemetry:nothing.*");
        assertThat(core.open).isFalse();

        first.welcomes();

        assertThat(core.open).isTrue();
        assertThat(core.take()).singleElement().asString().contains("\"welcome\"", "15000");
    }

    @Test
    void whatIsSubscribedInOneTurnIsOneStreamWhoseAnswersHaveTheirIds() {
        Call first = welcomed();
        session.send(subscribe(1, "b.*", ""));
        session.send(subscribe(2, "a", ",\"since\":\"start\""));
        assertThat(calls.hasNext()).isFalse();

        Call stream = nextStream();
        assertThat(first.paused).isTrue();
        assertThat(first.cancelled).isFalse();
        assertThat(stream.topics()).containsExactly("a", "b.*");
        assertThat(stream.body()).contains("\"start\"", "\"ids\":false");

        stream.welcomes();
        assertThat(first.cancelled).isTrue();
        stream.events(
                "{\"type\":\"subscribed\",\"topic\":\"b.*\"}",
                subscribed("b.x", "e", 3, ",\"pattern\":\"b.*\""),
                subscribed("a", "e", 0, ""),
                data("a", 1));
        assertThat(core.take())
                .containsExactly(
                        "{\"type\":\"subscribed\",\"id\":1,\"topic\":\"b.*\"}",
                        subscribed("b.x", "e", 3, ",\"pattern\":\"b.*\""),
                        answer(2, "a", "e", 0),
                        data("a", 1));
    }

    @Test
    void theNextStreamGoesOnAfterTheLastRecordAndSaysNothingOfIt() {
        Call stream = live();
        stream.events(data("a", 6), data("a", 7));
        core.take();
        session.send(subscribe(2, "b.>", ",\"since\":\"start\""));

        Call second = nextStream();
        assertThat(second.body()).contains("\"topic\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":7}");
        second.welcomes();
        second.events(subscribed("a", "e", 7, ""), data("a", 7), data("a", 8), data("b.x", 1));
        second.events(subscribed("b.x", "e", 0, ",\"pattern\":\"b.>\""), data("b.x", 1));
        assertThat(core.take())
                .containsExactly(
                        "{\"type\":\"subscribed\",\"id\":2,\"topic\":\"b.>\"}",
                        data("a", 8),
                        subscribed("b.x", "e", 0, ",\"pattern\":\"b.>\""),
                        data("b.x", 1));

        session.send(subscribe(3, "c", ""));
        assertThat(nextStream().body()).contains("{\"positions\":{\"b.x\":{\"epoch\":\"e\",\"seq\":1}}}");
    }

    @Test
    void anotherEpochAndAGapAreTold() {
        Call stream = live();
        session.send(subscribe(2, "b", ""));
        Call second = nextStream();
        second.welcomes();
        String gap =
                "{\"type\":\"gap\",\"topic\":\"a\",\"epoch\":\"f\",\"from\":1,\"to\":2,\"next\":3,\"reason\":\"epoch-changed\"}";
        second.events(subscribed("a", "e", 5, ""), gap, data("a", 3), subscribed("a", "g", 3, ""), data("a", 4));

        assertThat(core.take()).containsExactly(gap, data("a", 3), subscribed("a", "g", 3, ""), data("a", 4));
        assertThat(stream.cancelled).isTrue();
    }

    @Test
    void whatIsResumedAfterAPositionIsAnsweredWithItWhenTheStreamIsAccepted() {
        welcomed();
        session.send(subscribe(1, "a", ",\"since\":{\"epoch\":\"e\",\"seq\":4}"));
        session.send(subscribe(2, "b.*", ",\"since\":{\"positions\":{\"b.x\":{\"epoch\":\"e\",\"seq\":9}}}"));
        Call stream = nextStream();
        stream.welcomes();

        assertThat(core.take())
                .containsExactly(
                        answer(1, "a", "e", 4),
                        "{\"type\":\"subscribed\",\"id\":2,\"topic\":\"b.*\"}",
                        subscribed("b.x", "e", 9, ",\"pattern\":\"b.*\""));
        stream.events(subscribed("a", "e", 4, ""), subscribed("b.x", "e", 9, ",\"pattern\":\"b.*\""));
        assertThat(core.take()).isEmpty();
    }

    @Test
    void whatIsNotSubscribedAnyMoreIsNotDelivered() {
        Call stream = live();
        session.send(unsubscribe(2, "a"));
        stream.events(data("a", 6));
        assertThat(core.take()).containsExactly("{\"type\":\"unsubscribed\",\"id\":2,\"topic\":\"a\"}");
        assertThat(nextStream().topics()).containsExactly("telemetry:nothing.*");
    }

    @Test
    void aTopicThatIsBegunAnewIsAnsweredByTheStreamThatAsksForIt() {
        Call stream = live();
        session.send(unsubscribe(2, "a"));
        session.send(subscribe(3, "a", ",\"since\":\"start\""));
        stream.events(data("a", 6), subscribed("a", "f", 1, ""));
        assertThat(core.take()).hasSize(1);

        Call second = nextStream();
        assertThat(second.body()).contains("\"start\"");
        second.welcomes();
        second.events(subscribed("a", "e", 0, ""), data("a", 1));
        assertThat(core.take()).containsExactly(answer(3, "a", "e", 0), data("a", 1));
    }

    @Test
    void anExactSubscriptionTakesAPatternsTopicOverAndGivesItBack() {
        welcomed();
        session.send(subscribe(1, "b.*", ""));
        Call stream = nextStream();
        stream.welcomes();
        stream.events(subscribed("b.x", "e", 3, ",\"pattern\":\"b.*\""));
        core.take();
        session.send(subscribe(2, "b.x", ""));
        Call second = nextStream();
        assertThat(second.topics()).containsExactly("b.x", "b.*");
        second.welcomes();
        second.events(subscribed("b.x", "e", 3, ""), data("b.x", 4));
        assertThat(core.take()).containsExactly(answer(2, "b.x", "e", 3), data("b.x", 4));

        session.send(unsubscribe(3, "b.x"));
        assertThat(core.take())
                .containsExactly(
                        "{\"type\":\"unsubscribed\",\"id\":3,\"topic\":\"b.x\"}",
                        subscribed("b.x", "e", 4, ",\"pattern\":\"b.*\""));
        nextStream().welcomes();
        assertThat(core.take()).isEmpty();
    }

    @Test
    void theRestOfASnapshotThatWasCutComesInSequence() {
        welcomed();
        session.send(subscribe(1, "a", ",\"since\":\"snapshot\""));
        Call stream = nextStream();
        stream.welcomes();
        stream.events(subscribed("a", "e", 9, "").replace("true}", "true,\"snapshot\":3}"), data("a", 4), data("a", 6));
        core.take();
        session.send(subscribe(2, "b", ""));
        Call second = nextStream();

        assertThat(second.body()).contains("{\"epoch\":\"e\",\"seq\":6}");
        assertThat(core.take()).containsExactly(subscribed("a", "e", 6, ""));
        second.welcomes();
        second.events(subscribed("a", "e", 6, ""), data("a", 7));
        assertThat(core.take()).containsExactly(data("a", 7));
    }

    @Test
    void requestsThatMakeNoSenseAreAnsweredAsAServerWould() {
        live();
        session.send(subscribe(5, "a", ""));
        session.send(unsubscribe(6, "b"));
        session.send("{\"type\":\"resync\",\"id\":7,\"topic\":\"a\",\"epoch\":\"e\",\"from\":1,\"to\":2}");
        session.send("{\"type\":\"subscribe\",\"id\":8}");
        assertThat(core.take())
                .satisfiesExactly(
                        text -> assertThat(text).startsWith(error(5, "ALREADY_SUBSCRIBED")),
                        text -> assertThat(text).startsWith(error(6, "NOT_SUBSCRIBED")),
                        text -> assertThat(text)
                                .startsWith(error(7, "BAD_REQUEST"))
                                .contains("\"retryable\":false"),
                        text -> assertThat(text).startsWith(error(8, "BAD_REQUEST")));
        thread.advance(Duration.ofSeconds(1));
        assertThat(calls.hasNext()).isFalse();
    }

    @Test
    void aSubscriptionThatComesAndGoesInOneTurnOpensNoStream() {
        live();
        session.send(subscribe(2, "b", ""));
        session.send(unsubscribe(3, "b"));
        assertThat(core.take())
                .satisfiesExactly(
                        text -> assertThat(text).startsWith(error(2, "NOT_SUBSCRIBED")),
                        text -> assertThat(text).isEqualTo("{\"type\":\"unsubscribed\",\"id\":3,\"topic\":\"b\"}"));
        thread.advance(Duration.ofSeconds(1));
        assertThat(calls.hasNext()).isFalse();
    }

    @Test
    void theOneThatIsRefusedIsFoundAndTheOthersAreServed() {
        live();
        for (int i = 2; i <= 5; i++) {
            session.send(subscribe(i, i == 4 ? "no" : "b" + i, ",\"since\":\"start\""));
        }
        thread.advance(Streams.BATCH);
        while (calls.hasNext()) {
            Call stream = calls.next();
            if (stream.topics().contains("no")) {
                stream.refuses(403, "FORBIDDEN");
            } else {
                stream.welcomes();
                for (String topic : stream.topics()) {
                    stream.events(subscribed(topic, "e", 0, ""));
                }
            }
            thread.advance(Streams.BATCH);
        }
        assertThat(core.take())
                .contains(answer(2, "b2", "e", 0), answer(3, "b3", "e", 0), answer(5, "b5", "e", 0))
                .anySatisfy(text -> assertThat(text).startsWith(error(4, "FORBIDDEN")))
                .hasSize(4);
        assertThat(core.end).isNull();
    }

    @Test
    void afterARefusalTheOldStreamIsReadOn() {
        Call stream = live();
        session.send(subscribe(2, "no", ""));
        Call refused = nextStream();
        assertThat(stream.paused).isTrue();
        refused.refuses(403, "FORBIDDEN");

        assertThat(stream.paused).isFalse();
        assertThat(stream.cancelled).isFalse();
        stream.events(data("a", 6));
        assertThat(core.take()).last().isEqualTo(data("a", 6));
        assertThat(calls.hasNext()).isFalse();
    }

    @Test
    void aServerThatCannotServeASubscriptionNowIsAskedAgainByWhoeverWantsIt() {
        Call stream = live();
        session.send(subscribe(2, "b", ""));
        nextStream().refuses(503, "UNAVAILABLE");
        assertThat(core.take())
                .singleElement()
                .asString()
                .startsWith(error(2, "UNAVAILABLE"))
                .contains("true");
        assertThat(stream.paused).isFalse();
        assertThat(core.end).isNull();
    }

    @Test
    void anErrorWithinTheStreamBelongsToTheSubscriptionThatIsLeftWithoutAnAnswer() {
        welcomed();
        session.send(subscribe(1, "a", ""));
        session.send(subscribe(2, "b", ""));
        Call stream = nextStream();
        stream.welcomes();
        String error = "{\"type\":\"error\",\"code\":\"TOO_MANY_TOPICS\",\"message\":\"too many\",\"retryable\":false}";
        stream.events(error);
        assertThat(core.take()).isEmpty();
        stream.events(subscribed("b", "e", 1, ""));
        assertThat(core.take())
                .satisfiesExactly(
                        text -> assertThat(text).isEqualTo(answer(2, "b", "e", 1)),
                        text -> assertThat(text).startsWith(error(1, "TOO_MANY_TOPICS")));
        stream.events(error, error);
        assertThat(core.take()).containsExactly(error);
    }

    @Test
    void aNewTokenIsTriedFirstAndThenUsed() {
        Call stream = live();
        session.send("{\"type\":\"auth\",\"id\":9,\"token\":\"n3w\"}");
        Call probe = calls.next();
        assertThat(probe.ask.token()).isEqualTo("n3w");
        assertThat(probe.topics()).containsExactly("telemetry:nothing.*");
        assertThat(stream.paused).isFalse();
        probe.welcomes();
        assertThat(probe.cancelled).isTrue();
        assertThat(core.take()).containsExactly("{\"type\":\"authenticated\",\"id\":9,\"expiresAt\":99}");

        Call second = calls.next();
        assertThat(second.ask.token()).isEqualTo("n3w");
        assertThat(second.body()).contains("{\"epoch\":\"e\",\"seq\":5}");
        second.welcomes();
        assertThat(stream.cancelled).isTrue();
        second.events(subscribed("a", "e", 5, ""), data("a", 6));
        assertThat(core.take()).containsExactly(data("a", 6));
    }

    @Test
    void aNewTokenThatIsRefusedLeavesTheOldOneInForce() {
        Call stream = live();
        session.send("{\"type\":\"auth\",\"id\":9,\"token\":\"bad\"}");
        calls.next().refuses(401, "UNAUTHENTICATED");
        assertThat(core.take()).singleElement().asString().startsWith(error(9, "UNAUTHENTICATED"));
        stream.events(data("a", 6));
        assertThat(core.take()).containsExactly(data("a", 6));
        session.send(subscribe(2, "b", ""));
        assertThat(nextStream().ask.token()).isEqualTo("t0k.en");
    }

    @Test
    void whatANewTokenDoesNotCoverIsRevoked() {
        live();
        session.send("{\"type\":\"auth\",\"id\":9,\"token\":\"n3w\"}");
        calls.next().welcomes();
        calls.next().refuses(403, "FORBIDDEN");
        assertThat(core.take()).contains("{\"type\":\"unsubscribed\",\"topic\":\"a\",\"reason\":\"revoked\"}");
        assertThat(calls.next().topics()).containsExactly("telemetry:nothing.*");
        assertThat(core.end).isNull();
    }

    @Test
    void aTokenThatHasExpiredEndsTheTransportAsItWouldAWebSocket() {
        Call stream = live();
        stream.events(
                "{\"type\":\"error\",\"code\":\"UNAUTHENTICATED\",\"message\":\"the token has expired\",\"retryable\":false}");
        stream.ends(null);
        assertThat(core.end).isEqualTo(TransportEnd.closed(4401, "the token has expired"));
        assertThat(core.take()).isEmpty();
        assertThat(calls.closed).isTrue();
        assertThat(session.hasEnded()).isTrue();
    }

    @Test
    void aShutdownIsToldAndThenTheEnd() {
        Call stream = live();
        stream.events("{\"type\":\"goaway\",\"reason\":\"shutdown\",\"reconnectAfter\":100}");
        stream.ends(null);
        assertThat(core.take()).singleElement().asString().contains("goaway");
        assertThat(core.end).isEqualTo(TransportEnd.closed(1001, "goaway: shutdown"));
    }

    @Test
    void aRefusedTokenIsARefusalByTheServerAndAProxysPageIsNot() {
        calls.next().refuses(401, "UNAUTHENTICATED");
        assertThat(core.open).isFalse();
        assertThat(core.end).isEqualTo(TransportEnd.refused(401, "no: UNAUTHENTICATED", null, true));

        Told other = new Told();
        FakeCalls otherCalls = new FakeCalls();
        new HttpSession(thread, otherCalls, EventStream.kind(10_000), other).open(null);
        otherCalls.next().answers(403, "text/html", "<html>blocked</html>");
        assertThat(other.end).isNotNull().satisfies(end -> {
            assertThat(end.byServer()).isFalse();
            assertThat(end.httpStatus()).isEqualTo(403);
            assertThat(end.reason()).contains("text/html");
        });
    }

    @Test
    void somethingElseThanOurStreamIsNotTakenForOne() {
        Call first = calls.next();
        first.head(200, "text/event-stream; charset=utf-8");
        first.events(data("a", 1));
        assertThat(core.open).isFalse();
        assertThat(core.end)
                .isNotNull()
                .satisfies(end -> assertThat(end.reason()).contains("welcome"));
    }

    @Test
    void anEventBeyondTheBoundEndsTheTransport() {
        Call stream = live();
        stream.bytes("data: " + "x".repeat(10_001));
        assertThat(core.end)
                .isNotNull()
                .satisfies(end -> assertThat(end.closeCode()).isEqualTo(1009));
    }

    @Test
    void aPingIsAnsweredByTheServersHealth() {
        live();
        session.send("{\"type\":\"ping\",\"id\":3}");
        Call health = calls.next();
        assertThat(health.ask.resource()).isEqualTo("health");
        assertThat(health.ask.body()).isNull();
        health.answers(200, "application/json", "{\"status\":\"UP\"}");
        assertThat(core.take()).singleElement().asString().startsWith("{\"type\":\"pong\",\"id\":3,\"ts\":");
        session.send("{\"type\":\"ping\",\"id\":4}");
        calls.next().ends("cut");
        assertThat(core.take()).singleElement().asString().startsWith(error(4, "UNAVAILABLE"));
    }

    @Test
    void recordsArePublishedInOrderOneRequestAtATime() {
        live();
        session.send("{\"type\":\"publish\",\"id\":1,\"topic\":\"p\",\"data\":1}");
        session.send("{\"type\":\"publish\",\"id\":2,\"topic\":\"p\",\"data\":2}");
        session.send("{\"type\":\"publish\",\"id\":3,\"topic\":\"q\",\"data\":3}");
        Call one = calls.next();
        assertThat(one.ask.resource()).isEqualTo("publish");
        assertThat(one.body()).startsWith("{").contains("\"data\":1");
        assertThat(calls.hasNext()).isFalse();
        one.answers(200, "application/json", "{\"type\":\"published\",\"topic\":\"p\",\"epoch\":\"e\",\"seq\":1}");
        Call two = calls.next();
        assertThat(two.body()).startsWith("[");
        two.answers(
                200,
                "application/json",
                "[{\"type\":\"published\",\"topic\":\"p\",\"epoch\":\"e\",\"seq\":2},{\"type\":\"error\",\"code\":\"FORBIDDEN\",\"message\":\"no\"}]");
        assertThat(core.take())
                .satisfiesExactly(
                        text -> assertThat(text)
                                .isEqualTo(
                                        "{\"type\":\"published\",\"id\":1,\"topic\":\"p\",\"epoch\":\"e\",\"seq\":1}"),
                        text -> assertThat(text).contains("\"id\":2", "\"seq\":2"),
                        text -> assertThat(text).startsWith(error(3, "FORBIDDEN")));

        session.send("{\"type\":\"publish\",\"id\":4,\"topic\":\"p\",\"data\":1}");
        calls.next().ends("cut");
        session.send("{\"type\":\"publish\",\"id\":5,\"topic\":\"p\",\"data\":1}");
        calls.next().refuses(401, "UNAUTHENTICATED");
        assertThat(core.take())
                .satisfiesExactly(
                        text -> assertThat(text)
                                .startsWith(error(4, "UNAVAILABLE"))
                                .contains("may be stored"),
                        text -> assertThat(text).startsWith(error(5, "UNAUTHENTICATED")));
        assertThat(core.end).isNull();
    }
}
