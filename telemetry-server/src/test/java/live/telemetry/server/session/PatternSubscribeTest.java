package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

/** Patterns: what they resolve to, where each topic begins, and what is born later. */
class PatternSubscribeTest {

    private static String subscribe(String pattern, String since) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + pattern + "\""
                + (since == null ? "" : ",\"since\":" + since) + '}';
    }

    private static SessionRig withHosts() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "host.cpu");
        rig.publish(3, "host.mem");
        rig.publish("host.cpu.0");
        rig.publish("host");
        rig.publish("app");
        return rig;
    }

    @Test
    void patternIsAnsweredAndEachOfItsTopicsIsTold() {
        TestPeer peer = withHosts().connect().send(subscribe("host.>", null));
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 host.>",
                        "subscribed host.cpu E:2/2 by host.>",
                        "subscribed host.cpu.0 E:1/1 by host.>",
                        "subscribed host.mem E:3/3 by host.>");
    }

    @Test
    void starIsOneToken() {
        TestPeer peer = withHosts().connect().send(subscribe("host.*", null));
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 host.*",
                        "subscribed host.cpu E:2/2 by host.*",
                        "subscribed host.mem E:3/3 by host.*");
    }

    @Test
    void envelopesOfAPatternHaveTheFieldsOfTheProtocol() {
        SessionRig rig = SessionRig.local();
        rig.publish("host.cpu");
        TestPeer peer = rig.connect().send(subscribe("host.>", null));
        assertThat(peer.takeLines())
                .containsExactly(
                        "{\"type\":\"subscribed\",\"id\":1,\"topic\":\"host.>\"}",
                        "{\"type\":\"subscribed\",\"topic\":\"host.cpu\",\"pattern\":\"host.>\",\"epoch\":\""
                                + rig.epoch() + "\",\"seq\":1,\"head\":1,\"recovered\":true}");
    }

    @Test
    void patternWithoutAMatchWaitsForOne() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe("host.*", null));
        assertThat(peer.take()).containsExactly("subscribed#1 host.*");

        rig.publish(2, "host.cpu");
        rig.publish("host.cpu.0");
        assertThat(peer.take()).containsExactly("subscribed host.cpu E:0/1 by host.*", "host.cpu 1", "host.cpu 2");
    }

    @Test
    void topicThatIsBornLaterBeginsAtItsFirstRecordWhateverSince() {
        for (String since : new String[] {null, "\"start\"", "\"snapshot\"", "{\"last\":1}", "{\"positions\":{}}"}) {
            SessionRig rig = SessionRig.local();
            TestPeer peer = rig.connect().send(subscribe(">", since));
            peer.stall();
            rig.publish(2, "a");
            peer.drain();
            assertThat(peer.take())
                    .as("since %s", since)
                    .containsExactly("subscribed#1 >", "subscribed a E:0/1 by >", "a 1", "a 2");
        }
    }

    @Test
    void lastAndStartAreForEachTopic() {
        assertThat(withHosts()
                        .connect()
                        .send(subscribe("host.*", "{\"last\":1}"))
                        .take())
                .containsExactly(
                        "subscribed#1 host.*",
                        "subscribed host.cpu E:1/2 by host.*",
                        "host.cpu 2",
                        "subscribed host.mem E:2/3 by host.*",
                        "host.mem 3");
        assertThat(withHosts().connect().send(subscribe("host.*", "\"start\"")).take())
                .containsExactly(
                        "subscribed#1 host.*",
                        "subscribed host.cpu E:0/2 by host.*",
                        "host.cpu 1",
                        "host.cpu 2",
                        "subscribed host.mem E:0/3 by host.*",
                        "host.mem 1",
                        "host.mem 2",
                        "host.mem 3");
    }

    @Test
    void snapshotIsForEachTopic() {
        SessionRig rig = SessionRig.local();
        rig.publish("a", "x", "1");
        rig.publish("a", "x", "2");
        rig.publish("b", "x", "1");
        rig.publish("b", "y", "2");
        assertThat(rig.connect().send(subscribe("*", "\"snapshot\"")).take())
                .containsExactly(
                        "subscribed#1 *",
                        "subscribed a E:2/2 by * snapshot 1",
                        "a 2 x",
                        "subscribed b E:2/2 by * snapshot 2",
                        "b 1 x",
                        "b 2 y");
    }

    @Test
    void positionsAreForTheNamedTopicsAndTheOthersAreNew() {
        SessionRig rig = withHosts();
        String since = "{\"positions\":{\"host.cpu\":{\"epoch\":\"" + rig.epoch() + "\",\"seq\":1},"
                + "\"host.gone\":{\"epoch\":\"" + rig.epoch() + "\",\"seq\":1}}}";
        assertThat(rig.connect().send(subscribe("host.*", since)).take())
                .containsExactly(
                        "subscribed#1 host.*",
                        "subscribed host.cpu E:1/2 by host.*",
                        "host.cpu 2",
                        "subscribed host.mem E:0/3 by host.*",
                        "host.mem 1",
                        "host.mem 2",
                        "host.mem 3");
    }

    @Test
    void positionBeforeTheFirstRecordIsTheFirstRecord() {
        SessionRig rig = withHosts();
        String since = "{\"positions\":{\"host.cpu\":{\"epoch\":\"\",\"seq\":0}}}";
        assertThat(rig.connect().send(subscribe("host.*", since)).take())
                .contains("subscribed host.cpu E:0/2 by host.*", "host.cpu 1", "host.cpu 2");
    }

    @Test
    void positionsThatAreGoneAreTold() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(2));
        rig.publish(5, "a");
        rig.publish(5, "b");
        String since = "{\"positions\":{\"a\":{\"epoch\":\"" + rig.epoch() + "\",\"seq\":1},"
                + "\"b\":{\"epoch\":\"old\",\"seq\":1}}}";
        List<String> all = rig.connect().send(subscribe("*", since)).take();
        assertThat(all.stream().filter(line -> line.matches("(.* )?a .*")))
                .containsExactly("subscribed a E:1/5 by * lossy", "gap a E 2..3 next 4 expired", "a 4", "a 5");
        assertThat(all.stream().filter(line -> line.matches("(.* )?b .*")))
                .containsExactly("subscribed b old:1/5 by * lossy", "gap b E 1..3 next 4 epoch-changed", "b 4", "b 5");
    }

    @Test
    void topicsThatTheTokenDoesNotCoverAreLeftOut() {
        SessionRig rig = withHosts();
        rig.rights(SessionRig.reads("host.cpu", "host.new"));
        TestPeer peer = rig.connect().send(subscribe(">", null));
        assertThat(peer.take()).containsExactly("subscribed#1 >", "subscribed host.cpu E:2/2 by >");

        rig.publish("host.mem");
        rig.publish("host.old");
        rig.publish("host.new");
        assertThat(peer.take()).containsExactly("subscribed host.new E:0/1 by >", "host.new 1");
    }

    @Test
    void unsubscribingEndsAllItsTopicsAndThoseToCome() {
        SessionRig rig = withHosts();
        TestPeer peer = rig.connect().send(subscribe("host.*", null));
        peer.take();
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"host.*\"}");
        rig.publish("host.cpu");
        rig.publish("host.new");
        assertThat(peer.take()).containsExactly("unsubscribed#2 host.*");
        peer.send(subscribe("host.*", null));
        assertThat(peer.take()).first().isEqualTo("subscribed#1 host.*");
    }

    @Test
    void aTopicOfAPatternCannotBeUnsubscribedByItself() {
        TestPeer peer = withHosts().connect().send(subscribe("host.*", null));
        peer.take();
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"host.cpu\"}");
        assertThat(peer.take()).containsExactly("error#2 NOT_SUBSCRIBED");
    }

    @Test
    void samePatternTwiceIsRefused() {
        TestPeer peer =
                SessionRig.local().connect().send(subscribe("a.*", null)).send(subscribe("a.*", null));
        assertThat(peer.take()).containsExactly("subscribed#1 a.*", "error#1 ALREADY_SUBSCRIBED");
    }

    @Test
    void topicThatIsBornWhileThePatternIsLookedUpComesOnce() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        slow.hold();
        TestPeer peer = rig.connect().send(subscribe("*", null));
        rig.publish(2, "a");
        slow.release();
        rig.settle();
        rig.publish("a");
        assertThat(peer.take()).containsExactly("subscribed#1 *", "subscribed a E:0/2 by *", "a 1", "a 2", "a 3");
    }

    @Test
    void patternEndsBeforeItsLookUpIsAnswered() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        rig.publish("a");
        slow.hold();
        TestPeer peer = rig.connect().send(subscribe("*", null));
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"*\"}");
        slow.release();
        rig.settle();
        rig.publish("a");
        assertThat(peer.take()).containsExactly("error#1 NOT_SUBSCRIBED", "unsubscribed#2 *");
    }
}
