package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Rights;
import org.junit.jupiter.api.Test;

/** A token is renewed, changes what a session may do, and runs out. */
class TokenTest {

    private final SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
    private final SessionRig rig = SessionRig.over(slow);

    private static String auth(long id, String token) {
        return "{\"type\":\"auth\",\"id\":" + id + ",\"token\":\"" + token + "\"}";
    }

    private static String subscribe(long id, String topic) {
        return "{\"type\":\"subscribe\",\"id\":" + id + ",\"topic\":\"" + topic + "\"}";
    }

    @Test
    void newTokenOfTheSameSubjectReplacesTheOld() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.goodToken("new", Rights.READ_ALL, rig.in(Duration.ofSeconds(60)));
        peer.send(auth(5, "new"));
        assertThat(peer.takeLines())
                .containsExactly("{\"type\":\"authenticated\",\"id\":5,\"expiresAt\":1795507260000}");
        rig.run(Duration.ofSeconds(59));
        assertThat(peer.closing()).isNull();
        rig.run(Duration.ofSeconds(1));
        assertThat(peer.closing()).isEqualTo(CloseReason.UNAUTHENTICATED);
    }

    @Test
    void clientIsToldTheExpiryAndHasTheLeewayOnTopOfIt() {
        Identity identity = new Identity("me", Rights.READ_ALL, rig.in(Duration.ofSeconds(60)), Duration.ofSeconds(5));
        TestPeer peer = rig.open(identity);
        rig.settle();
        assertThat(peer.takeLines()).singleElement().asString().contains("\"expiresAt\":1795507260000");
        rig.run(Duration.ofSeconds(64));
        assertThat(peer.closing()).isNull();
        rig.run(Duration.ofSeconds(1));
        assertThat(peer.closing()).isEqualTo(CloseReason.UNAUTHENTICATED);
    }

    @Test
    void tokenThatDoesNotExpireNeedsNoEnd() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.goodToken("new", Rights.READ_ALL, null);
        peer.send(auth(5, "new"));
        assertThat(peer.takeLines()).containsExactly("{\"type\":\"authenticated\",\"id\":5}");
        rig.run(Duration.ofDays(1_000));
        assertThat(peer.closing()).isNull();
    }

    @Test
    void anotherSubjectIsForbiddenAndTheOldStaysInForce() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.token("other").complete(new Identity("you", Rights.ALL, null));
        peer.send(auth(5, "other"));
        assertThat(peer.take()).containsExactly("error#5 FORBIDDEN");
        assertThat(peer.session().identity().subject()).isEqualTo("me");
        rig.run(Duration.ofSeconds(10));
        assertThat(peer.closing()).isEqualTo(CloseReason.UNAUTHENTICATED);
    }

    @Test
    void refusedTokenLeavesTheOldInForceUntilItsExpiry() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.token("bad").completeExceptionally(new AuthenticationException("no"));
        peer.send(auth(5, "bad"));
        assertThat(peer.take()).containsExactly("error#5 UNAUTHENTICATED");
        rig.run(Duration.ofMillis(9_999));
        assertThat(peer.closing()).isNull();
        rig.run(Duration.ofMillis(1));
        assertThat(peer.closing().code()).isEqualTo(4401);
        assertThat(peer.take()).containsExactly("error UNAUTHENTICATED");
    }

    @Test
    void expiryWaitsForATokenThatIsBeingChecked() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.token("slow");
        rig.run(Duration.ofSeconds(9));
        peer.send(auth(5, "slow"));
        rig.run(Duration.ofSeconds(10));
        assertThat(peer.closing()).isNull();
        rig.goodToken("slow", Rights.READ_ALL, rig.in(Duration.ofSeconds(30)));
        rig.settle();
        assertThat(peer.take()).hasSize(1).first().asString().startsWith("authenticated#5");
        rig.run(Duration.ofSeconds(29));
        assertThat(peer.closing()).isNull();
    }

    @Test
    void expiryWaitsTenSecondsAtMost() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.token("slow");
        peer.send(auth(5, "slow"));
        rig.run(Duration.ofMillis(19_999));
        assertThat(peer.closing()).isNull();
        rig.run(Duration.ofMillis(1));
        assertThat(peer.closing()).isEqualTo(CloseReason.UNAUTHENTICATED);
    }

    @Test
    void tokenThatIsRefusedAfterTheExpiryEndsTheSessionAtOnce() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.token("slow");
        peer.send(auth(5, "slow"));
        rig.run(Duration.ofSeconds(11));
        assertThat(peer.closing()).isNull();
        rig.token("slow").completeExceptionally(new AuthenticationException("no"));
        rig.settle();
        assertThat(peer.closing()).isEqualTo(CloseReason.UNAUTHENTICATED);
        assertThat(peer.take()).containsExactly("error#5 UNAUTHENTICATED", "error UNAUTHENTICATED");
    }

    @Test
    void anotherSubjectAfterTheExpiryEndsTheSessionToo() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(10)));
        rig.token("slow");
        peer.send(auth(5, "slow"));
        rig.run(Duration.ofSeconds(11));
        rig.token("slow").complete(new Identity("you", Rights.ALL, null));
        rig.settle();
        assertThat(peer.closing()).isEqualTo(CloseReason.UNAUTHENTICATED);
    }

    /** What was sent first must not win because it was checked for longer. */
    @Test
    void laterOneOfTwoTokensWins() {
        TestPeer peer = rig.connect();
        rig.token("first");
        peer.send(auth(1, "first"));
        rig.goodToken("second", SessionRig.reads("b"), null);
        peer.send(auth(2, "second"));
        rig.goodToken("first", SessionRig.reads("a"), null);
        rig.settle();
        assertThat(peer.take()).containsExactly("authenticated#2", "authenticated#1");
        peer.send(subscribe(3, "a")).send(subscribe(4, "b"));
        assertThat(peer.take()).containsExactly("error#3 FORBIDDEN", "subscribed#4 b :0/0");
    }

    @Test
    void widerRightsAddTopicsOfLivePatternsFromNowOn() {
        rig.publish(2, "t.a");
        rig.publish(3, "t.b");
        rig.rights(SessionRig.reads("t.a"));
        TestPeer peer = rig.connect().send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"t.*\",\"since\":\"start\"}");
        assertThat(peer.take()).containsExactly("subscribed#1 t.*", "subscribed t.a E:0/2 by t.*", "t.a 1", "t.a 2");

        rig.goodToken("wide", SessionRig.reads("t.>"), null);
        peer.send(auth(2, "wide"));
        rig.publish("t.b");
        rig.publish("t.c");
        assertThat(peer.take())
                .containsExactly(
                        "authenticated#2",
                        "subscribed t.b E:3/3 by t.*",
                        "t.b 4",
                        "subscribed t.c E:0/1 by t.*",
                        "t.c 1");
    }

    @Test
    void widerRightsWaitForAStoreThatIsAway() {
        rig.publish(3, "t.b");
        rig.rights(SessionRig.reads("t.a"));
        TestPeer peer = rig.connect().send(subscribe(1, "t.*"));
        peer.take();
        rig.goodToken("wide", SessionRig.reads("t.>"), null);
        slow.away(true);
        peer.send(auth(2, "wide"));
        rig.run(Duration.ofSeconds(3));
        assertThat(peer.take()).containsExactly("authenticated#2");
        slow.away(false);
        rig.run(Duration.ofSeconds(3));
        rig.publish("t.b");
        assertThat(peer.take()).containsExactly("subscribed t.b E:3/3 by t.*", "t.b 4");
    }

    @Test
    void narrowerRightsEndWhatTheyDoNotCover() {
        rig.publish("a");
        rig.publish("t.a");
        rig.publish("t.b");
        TestPeer peer =
                rig.connect().send(subscribe(1, "a")).send(subscribe(2, "t.*")).send(subscribe(3, "c"));
        peer.take();
        rig.goodToken("narrow", SessionRig.reads("t.b"), null);
        peer.send(auth(4, "narrow"));
        assertThat(peer.takeLines())
                .containsExactly(
                        "{\"type\":\"authenticated\",\"id\":4}",
                        "{\"type\":\"unsubscribed\",\"topic\":\"a\",\"reason\":\"revoked\"}",
                        "{\"type\":\"unsubscribed\",\"topic\":\"c\",\"reason\":\"revoked\"}",
                        "{\"type\":\"unsubscribed\",\"topic\":\"t.a\",\"reason\":\"revoked\"}");
        rig.publish("a");
        rig.publish("c");
        rig.publish("t.a");
        rig.publish("t.b");
        assertThat(peer.take()).containsExactly("t.b 2");
        peer.send("{\"type\":\"unsubscribe\",\"id\":5,\"topic\":\"a\"}");
        assertThat(peer.take()).containsExactly("error#5 NOT_SUBSCRIBED");
    }

    @Test
    void topicThatWasSubscribedTwiceEndsOnce() {
        rig.publish("t.a");
        TestPeer peer = rig.connect().send(subscribe(1, "t.*")).send(subscribe(2, "t.a"));
        peer.take();
        rig.goodToken("narrow", SessionRig.reads("t.b"), null);
        peer.send(auth(4, "narrow"));
        assertThat(peer.take()).containsExactly("authenticated#4", "unsubscribed t.a revoked");
    }

    /** Its request would never be answered otherwise. */
    @Test
    void subscriptionThatIsStillLookedUpIsForbiddenByNarrowerRights() {
        rig.publish("a");
        TestPeer peer = rig.connect();
        slow.hold();
        peer.send(subscribe(1, "a"));
        rig.goodToken("narrow", SessionRig.reads("b"), null);
        peer.send(auth(2, "narrow"));
        slow.release();
        rig.settle();
        assertThat(peer.take()).containsExactlyInAnyOrder("authenticated#2", "error#1 FORBIDDEN");
        assertThat(peer.session().subscriptionCount()).isZero();
    }

    @Test
    void subscriptionWhoseAnswerIsNotWrittenYetIsAnsweredBeforeItIsRevoked() {
        rig.publish("a");
        TestPeer peer = rig.connect();
        peer.stall();
        peer.send("{\"type\":\"ping\"}").send(subscribe(1, "a"));
        rig.goodToken("narrow", SessionRig.reads("b"), null);
        peer.send(auth(2, "narrow"));
        peer.drain();
        assertThat(peer.take())
                .containsExactly("pong", "authenticated#2", "subscribed#1 a E:1/1", "unsubscribed a revoked");
    }

    @Test
    void expiredSessionTakesNothingMore() {
        TestPeer peer = rig.connect(rig.in(Duration.ofSeconds(1))).send(subscribe(1, "a"));
        rig.run(Duration.ofSeconds(1));
        peer.take();
        rig.publish("a");
        peer.send("{\"type\":\"ping\"}");
        assertThat(peer.take()).isEmpty();
        assertThat(peer.hasEnded()).isTrue();
    }

    @Test
    void resyncThatWaitsForItsTurnIsForbiddenByNarrowerRights() {
        rig.publish("a");
        rig.publish("b");
        String epoch = rig.epoch();
        TestPeer peer = rig.connect();
        peer.stall();
        peer.send("{\"type\":\"ping\"}");
        peer.send("{\"type\":\"resync\",\"id\":1,\"topic\":\"b\",\"epoch\":\"" + epoch + "\",\"from\":1,\"to\":1}");
        peer.send("{\"type\":\"resync\",\"id\":2,\"topic\":\"a\",\"epoch\":\"" + epoch + "\",\"from\":1,\"to\":1}");
        rig.goodToken("narrow", SessionRig.reads("b"), null);
        peer.send(auth(3, "narrow"));
        rig.publish("a");
        peer.drain();
        assertThat(peer.take())
                .containsExactlyInAnyOrder(
                        "pong",
                        "authenticated#3",
                        "resyncing#1 b E 1..1",
                        "b 1",
                        "resynced#1 b 1..1",
                        "error#2 FORBIDDEN");
    }

    /** Most renewals change nothing but the expiry; to look all patterns up again would cost as much as to subscribe. */
    @Test
    void renewalWithTheSameRightsLooksNothingUp() {
        rig.rights(SessionRig.reads("t.*"));
        TestPeer peer = rig.connect().send(subscribe(1, "t.*"));
        peer.take();
        rig.goodToken("same", SessionRig.reads("t.*"), null);
        slow.hold();
        peer.send(auth(2, "same"));
        assertThat(peer.take()).containsExactly("authenticated#2");
        assertThat(slow.heldCount()).isZero();
    }
}
