package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.core.TopicPattern;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Publishing, pings, what is not understood, and the bounds of a session. */
class RequestsTest {

    private static final String PING = "{\"type\":\"ping\"}";

    private static String publish(long id, String topic, String data) {
        return "{\"type\":\"publish\",\"id\":" + id + ",\"topic\":\"" + topic + "\",\"data\":" + data + '}';
    }

    private static String subscribe(long id, String topic) {
        return "{\"type\":\"subscribe\",\"id\":" + id + ",\"topic\":\"" + topic + "\"}";
    }

    // ---- publish

    @Test
    void publishIsAnsweredWithThePosition() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(publish(4, "a", "{\"open\":3}"));
        assertThat(peer.takeLines())
                .containsExactly("{\"type\":\"published\",\"id\":4,\"topic\":\"a\",\"epoch\":\"" + rig.epoch()
                        + "\",\"seq\":1}");
    }

    @Test
    void publishedRecordHasItsKeyAndTheServersTime() {
        SessionRig rig = SessionRig.local();
        TestPeer reader = rig.connect().send(subscribe(1, "a"));
        reader.takeLines();
        rig.connect().send("{\"type\":\"publish\",\"topic\":\"a\",\"key\":\"k\",\"data\":null}");
        assertThat(reader.takeLines())
                .contains(
                        "{\"type\":\"data\",\"topic\":\"a\",\"seq\":1,\"ts\":1795507200000,\"key\":\"k\",\"data\":null}");
    }

    @Test
    void publishNeedsTheRight() {
        SessionRig rig = SessionRig.local();
        rig.rights(new Rights(List.of(TopicPattern.ALL), List.of(TopicPattern.of("app.*"))));
        TestPeer peer = rig.connect().send(publish(4, "host.cpu", "1")).send(publish(5, "app.x", "1"));
        assertThat(peer.take()).containsExactly("error#4 FORBIDDEN", "published#5 app.x E:1");
    }

    @Test
    void recordThatIsTooLargeIsRefused() {
        TestPeer peer = SessionRig.local().connect();
        peer.send(publish(4, "a", '"' + "x".repeat(128 << 10) + '"'));
        peer.send(publish(5, "a", '"' + "x".repeat((128 << 10) - 2) + '"'));
        assertThat(peer.take()).containsExactly("error#4 RECORD_TOO_LARGE", "published#5 a E:1");
    }

    @Test
    void storeThatIsAwayIsRetryable() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        slow.away(true);
        TestPeer peer = SessionRig.over(slow).connect().send(publish(4, "a", "1"));
        assertThat(peer.take()).containsExactly("error#4 UNAVAILABLE retryable");
    }

    @Test
    void topicBeyondTheServersBoundIsRefused() {
        SessionRig rig = SessionRig.over(new LocalBroadcaster(1));
        TestPeer peer = rig.connect().send(publish(4, "a", "1")).send(publish(5, "b", "1"));
        assertThat(peer.take()).containsExactly("published#4 a E:1", "error#5 TOO_MANY_TOPICS");
    }

    @Test
    void patternIsNoTopicToPublishTo() {
        TestPeer peer = SessionRig.local().connect().send(publish(4, "a.*", "1"));
        assertThat(peer.take()).containsExactly("error#4 BAD_TOPIC");
    }

    // ---- ping, heartbeat, goaway

    @Test
    void pingIsAnsweredWithTheServersClock() {
        TestPeer peer = SessionRig.local()
                .connect()
                .send("{\"type\":\"ping\",\"id\":6}")
                .send(PING);
        assertThat(peer.takeLines())
                .containsExactly(
                        "{\"type\":\"pong\",\"id\":6,\"ts\":1795507200000}",
                        "{\"type\":\"pong\",\"ts\":1795507200000}");
    }

    @Test
    void heartbeatAndGoodByeAreEnvelopes() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect();
        peer.session().heartbeat();
        peer.session().goAway(1_870);
        rig.settle();
        assertThat(peer.takeLines())
                .containsExactly(
                        "{\"type\":\"heartbeat\",\"ts\":1795507200000}",
                        "{\"type\":\"goaway\",\"reason\":\"shutdown\",\"reconnectAfter\":1870}");
    }

    // ---- what is not understood

    @Test
    void whatAPeerSendsIsNotLogged() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Session.class);
        Level before = logger.getLevel();
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        logger.setLevel(Level.DEBUG);
        try {
            SessionRig.local().connect().send("{\"type\":\"x\\nINFO forged\"}").send("{\"type\":\"ping\",\"id\":\"y\"");
        } finally {
            logger.setLevel(before);
            logger.setAdditive(true);
            logger.detachAppender(appender);
        }
        assertThat(appender.list)
                .hasSize(2)
                .extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(line -> line.contains("forged"));
    }

    @Test
    void errorsNameTheRequestWhereItsIdCanBeRead() {
        TestPeer peer = SessionRig.local().connect();
        peer.send("{\"type\":\"subscribe\",\"id\":7}")
                .send("{\"type\":\"dance\",\"id\":8}")
                .send("{\"type\":\"subscribe\",\"id\":9,\"topic\":\"a..b\"}")
                .send("{\"type\":\"subscribe\",\"id\":\"x\",\"topic\":\"a\"}")
                .send("{\"id\":10}")
                .send("[1]")
                .send("")
                .send("{\"type\":\"ping\"")
                .send("{\"type\":\"subscribe\",\"id\":11,\"topic\":\"a\",\"since\":{\"positions\":{}}}")
                .send("{\"type\":\"subscribe\",\"id\":12,\"topic\":\"*\",\"since\":{\"epoch\":\"e\",\"seq\":1}}")
                .send("{\"type\":\"subscribe\",\"id\":13,\"topic\":\"a\",\"since\":{\"last\":0}}");
        assertThat(peer.take())
                .containsExactly(
                        "error#7 BAD_REQUEST",
                        "error#8 UNKNOWN_TYPE",
                        "error#9 BAD_TOPIC",
                        "error BAD_REQUEST",
                        "error#10 BAD_REQUEST",
                        "error BAD_REQUEST",
                        "error BAD_REQUEST",
                        "error BAD_REQUEST",
                        "error#11 BAD_REQUEST",
                        "error#12 BAD_REQUEST",
                        "error#13 BAD_REQUEST");
        assertThat(peer.closing()).isNull();
    }

    @Test
    void errorSaysInWordsWhatIsWrong() {
        TestPeer peer = SessionRig.local().connect().send("{\"type\":\"dance\",\"id\":8}");
        assertThat(peer.takeLines())
                .singleElement()
                .asString()
                .contains("dance")
                .contains("\"retryable\":false");
    }

    @Test
    void twentyMessagesInARowThatAreNotUnderstoodEndTheSession() {
        TestPeer peer = SessionRig.local().connect();
        for (int i = 0; i < 19; i++) {
            peer.send("garbage");
        }
        peer.send(PING);
        for (int i = 0; i < 19; i++) {
            peer.send("garbage");
        }
        assertThat(peer.closing()).isNull();
        peer.send("garbage");
        assertThat(peer.closing()).isEqualTo(CloseReason.BAD_REQUEST);
        assertThat(peer.closing().code()).isEqualTo(4400);
        assertThat(peer.take()).as("each is answered, the last one too").hasSize(40);
        assertThat(peer.hasEnded()).isTrue();
    }

    // ---- bounds

    private static final SessionLimits TIGHT = new SessionLimits(3, 4, 2, 10, 1_000);

    private static SessionRig tight(SlowBroadcaster slow) {
        return SessionRig.over(slow, Retention.DEFAULT, TIGHT);
    }

    @Test
    void subscriptionsAreBounded() {
        TestPeer peer = tight(new SlowBroadcaster(new LocalBroadcaster())).connect();
        peer.send(subscribe(1, "a"))
                .send(subscribe(2, "b.*"))
                .send(subscribe(3, "c"))
                .send(subscribe(4, "d"));
        peer.send("{\"type\":\"unsubscribe\",\"id\":5,\"topic\":\"a\"}").send(subscribe(6, "d"));
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a :0/0",
                        "subscribed#2 b.*",
                        "subscribed#3 c :0/0",
                        "error#4 TOO_MANY_TOPICS",
                        "unsubscribed#5 a",
                        "subscribed#6 d :0/0");
    }

    @Test
    void topicsOfAPatternBeyondTheBoundAreToldOnceAndLeftOut() {
        SessionRig rig = tight(new SlowBroadcaster(new LocalBroadcaster()));
        for (int i = 0; i < 9; i++) {
            rig.publish("t." + i);
        }
        TestPeer peer = rig.connect().send(subscribe(1, "t.*"));
        List<String> all = peer.take();
        assertThat(all.stream().filter(line -> line.startsWith("error"))).containsExactly("error TOO_MANY_TOPICS");
        assertThat(all.stream().filter(line -> line.startsWith("subscribed t.") && !line.contains("*/")))
                .hasSize(4);
        rig.publish("t.9");
        rig.publish("t.10");
        assertThat(peer.take()).as("a flood of topics is no flood of errors").isEmpty();
    }

    @Test
    void topicBeyondTheBoundIsAnErrorOfItsRequest() {
        SessionRig rig = tight(new SlowBroadcaster(new LocalBroadcaster()));
        for (int i = 0; i < 4; i++) {
            rig.publish("t." + i);
        }
        rig.publish("a");
        TestPeer peer = rig.connect().send(subscribe(1, "t.*"));
        peer.take();
        peer.send(subscribe(2, "a"));
        assertThat(peer.take()).containsExactly("error#2 TOO_MANY_TOPICS");
        assertThat(peer.session().subscriptionCount()).isOne();
    }

    /** It was answered long ago, so this is no answer. */
    @Test
    void topicThatIsBornBeyondTheBoundIsToldWithoutAnId() {
        SessionRig rig = tight(new SlowBroadcaster(new LocalBroadcaster()));
        TestPeer peer = rig.connect().send(subscribe(1, "t.*")).send(subscribe(2, "a"));
        for (int i = 0; i < 4; i++) {
            rig.publish("t." + i);
        }
        peer.take();
        rig.publish("a");
        assertThat(peer.take()).containsExactly("error TOO_MANY_TOPICS");
    }

    @Test
    void atTheBoundOfRequestsInFlightNothingMoreIsRead() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        TestPeer peer = tight(slow).connect();
        slow.hold();
        peer.send(publish(1, "a", "1"));
        assertThat(peer.acceptsInput()).isTrue();
        peer.send(subscribe(2, "b"));
        assertThat(peer.acceptsInput()).isFalse();
        slow.releaseOne();
        peer.send(PING);
        assertThat(peer.acceptsInput()).isTrue();
        slow.failOne();
        peer.send(PING);
        assertThat(peer.take()).containsExactly("published#1 a E:1", "pong", "error#2 UNAVAILABLE retryable", "pong");
    }

    @Test
    void atTheBoundOfUnwrittenAnswersNothingMoreIsRead() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect();
        peer.stall();
        int sent = 0;
        while (peer.acceptsInput() && sent < 10_000) {
            peer.send(PING);
            sent++;
        }
        assertThat(sent * 40).as("bytes of answers, roughly").isBetween(60_000, 100_000);
        peer.drain();
        assertThat(peer.acceptsInput()).isTrue();
        assertThat(peer.take()).hasSize(sent);
    }
}
