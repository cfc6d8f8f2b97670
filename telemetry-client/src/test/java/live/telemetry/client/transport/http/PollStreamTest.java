package live.telemetry.client.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.http.FakeCalls.Call;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The session over long polls, without sockets. */
class PollStreamTest {

    private final ManualThread thread = new ManualThread();
    private final FakeCalls calls = new FakeCalls();
    private final Told core = new Told();
    private final HttpSession session = new HttpSession(thread, calls, PollStream.kind(thread, 10_000), core);

    @BeforeEach
    void open() {
        session.open("t0k.en");
    }

    private static final String SUBSCRIBED =
            "{\"type\":\"subscribed\",\"topic\":\"a\",\"epoch\":\"e\",\"seq\":5,\"head\":5,\"recovered\":true}";

    private static String data(String topic, long seq) {
        return "{\"type\":\"data\",\"topic\":\"" + topic + "\",\"seq\":" + seq + ",\"ts\":1,\"data\":1}";
    }

    /** The poll that is held, of a session with the topic a at e:5. */
    private Call held() {
        calls.next().polled("c0");
        Call idle = calls.next();
        core.take();
        session.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\"}");
        thread.advance(Streams.BATCH);
        assertThat(idle.cancelled).isTrue();
        Call first = calls.next();
        assertThat(first.body()).contains("\"wait\":0").doesNotContain("c0");
        first.polled("e:5", SUBSCRIBED);
        assertThat(core.take()).singleElement().asString().contains("\"id\":1", "\"seq\":5");
        return calls.next();
    }

    @Test
    void aFirstPollThatIsAnsweredAtOnceMakesTheWelcome() {
        Call first = calls.next();
        assertThat(first.ask.resource()).isEqualTo("poll");
        assertThat(first.body()).contains("\"wait\":0");
        first.polled("c0");

        assertThat(core.open).isTrue();
        assertThat(core.take())
                .singleElement()
                .asString()
                .contains("\"heartbeat\":17500", "\"maxMessageBytes\":262144")
                .doesNotContain("expiresAt");
    }

    @Test
    void pollsGoOnFromTheCursorAndAreHeld() {
        Call poll = held();
        assertThat(poll.body()).contains("\"since\":\"e:5\"", "\"wait\":25");
        assertThat(poll.ask.timeout()).isEqualTo(Duration.ofSeconds(35));
        poll.polled("e:7", data("a", 6), data("a", 7));
        assertThat(core.take()).containsExactly(data("a", 6), data("a", 7));
        Call next = calls.next();
        assertThat(next.body()).contains("\"since\":\"e:7\"");
        thread.advance(Duration.ofSeconds(25));
        next.polled("e:7");
        assertThat(core.take()).isEmpty();
        assertThat(calls.hasNext()).isTrue();
    }

    @Test
    void aServerThatDoesNotHoldPollsIsNotAskedWithoutAPause() {
        held().polled("e:5");
        assertThat(calls.hasNext()).isFalse();
        thread.advance(Duration.ofSeconds(1));
        assertThat(calls.next().body()).contains("\"wait\":25");
        assertThat(calls.hasNext()).isFalse();
    }

    @Test
    void aTopicThatTheCursorNamesAndNobodyAnnouncedIsAskedForWithoutTheCursor() {
        calls.next().polled("c0");
        calls.next();
        session.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"b.*\"}");
        thread.advance(Streams.BATCH);
        calls.next().polled("c1", "{\"type\":\"subscribed\",\"topic\":\"b.*\"}");
        core.take();
        calls.next().polled("c2", data("b.x", 4));
        assertThat(core.take()).isEmpty();
        Call again = calls.next();
        assertThat(again.body()).contains("\"positions\":{}", "\"wait\":0").doesNotContain("c2");
    }

    @Test
    void anAnswerThatIsLostIsAskedForOnceMore() {
        held().ends("the connection was closed");
        calls.next().polled("e:6", data("a", 6));
        assertThat(core.take()).containsExactly(data("a", 6));
        calls.next().ends("cut");
        calls.next().ends("cut again");
        assertThat(core.end).isEqualTo(TransportEnd.broken("cut again"));
    }

    @Test
    void garbageIsNoAnswer() {
        for (String body : new String[] {"<html>", "{}", "[]", "{\"cursor\":1}"}) {
            Told told = new Told();
            FakeCalls own = new FakeCalls();
            new HttpSession(thread, own, PollStream.kind(thread, 10_000), told).open(null);
            own.next().answers(200, body.startsWith("<") ? "text/html" : "application/json", body);
            assertThat(told.open).isFalse();
            assertThat(told.end).isNotNull().satisfies(end -> {
                assertThat(end.byServer()).isFalse();
                assertThat(end.reason()).contains("no answer of a telemetry server");
            });
        }
    }

    @Test
    void aTokenThatHasExpiredIsARefusal() {
        held().refuses(401, "UNAUTHENTICATED");
        assertThat(core.end).isEqualTo(TransportEnd.refused(401, "no: UNAUTHENTICATED", null, true));
    }

    @Test
    void aShutdownEndsTheChain() {
        held().polled("e:5", "{\"type\":\"goaway\",\"reason\":\"shutdown\",\"reconnectAfter\":100}");
        assertThat(core.take()).hasSize(1);
        assertThat(core.end).isEqualTo(TransportEnd.closed(1001, "goaway: shutdown"));
        assertThat(calls.hasNext()).isFalse();
    }

    @Test
    void aTopicThatIsResumedGetsItsAnswerAlthoughThePollSaysNothing() {
        calls.next().polled("c0");
        calls.next();
        core.take();
        session.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\",\"since\":{\"epoch\":\"e\",\"seq\":3}}");
        thread.advance(Streams.BATCH);
        calls.next().polled("e:4", data("a", 4));
        assertThat(core.take())
                .satisfiesExactly(
                        text -> assertThat(text).contains("\"id\":1", "\"seq\":3"),
                        text -> assertThat(text).isEqualTo(data("a", 4)));
    }

    @Test
    void anAnswerBeyondTheBoundEndsTheTransport() {
        Call poll = held();
        poll.head(200, "application/json");
        poll.bytes(" ".repeat(6 << 20));
        assertThat(poll.cancelled).isTrue();
        Call again = calls.next();
        again.head(200, "application/json");
        again.bytes(" ".repeat(6 << 20));
        assertThat(core.end)
                .isNotNull()
                .satisfies(end -> assertThat(end.reason()).contains("more than"));
    }
}
