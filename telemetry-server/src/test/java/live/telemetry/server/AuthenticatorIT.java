package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Authenticator;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications' own authenticators, which block, throw, and forget to answer. */
class AuthenticatorIT {

    private static final Identity ANN = new Identity("ann", Rights.ALL, null);

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private TelemetryServer server;

    @BeforeEach
    void start() {
        Authenticator authenticator = credentials -> authenticate(credentials.token());
        // One loop, so that whoever blocks it blocks everybody.
        server = TelemetryServer.builder()
                .port(0)
                .eventLoops(1)
                .authenticator(authenticator)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    private @Nullable Identity authenticate(String token) {
        switch (token) {
            case "slow" -> {
                begun.countDown();
                await(released);
                return ANN;
            }
            case "refused" -> throw new AuthenticationException("not you");
            case "away" -> throw new TelemetryException(ErrorCode.UNAVAILABLE, "the issuer is away");
            case "faulty" -> throw new IllegalStateException("the secret is hunter2");
            case "error" -> throw new NoClassDefFoundError("hunter2");
            case "overflow" -> throw new StackOverflowError();
            case "null" -> {
                return null;
            }
            default -> {
                return ANN;
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    @Test
    void blockingAuthenticatorDelaysNobodyElse() throws IOException {
        try (RawPeer slow = RawPeer.connect(server);
                RawPeer other = RawPeer.open(server, bearer("quick"))) {
            slow.write(slow.upgradeRequest(bearer("slow")));
            await(begun);
            other.send("{'type':'ping','id':1}");
            other.expect("pong");
            try (RawPeer third = RawPeer.open(server, bearer("quick"))) {
                third.send("{'type':'ping','id':2}");
                third.expect("pong");
            }
            assertThat(server.stats().sessions()).isLessThanOrEqualTo(2);
            released.countDown();
            assertThat(slow.reply().status()).isEqualTo(101);
            slow.expect("welcome");
        }
    }

    @Test
    void framesThatCameBeforeTheAnswerAreNotLost() throws IOException {
        try (RawPeer slow = RawPeer.connect(server)) {
            slow.write(Frames.concat(
                    Frames.utf8(slow.upgradeRequest(bearer("slow"))), Frames.text("{'type':'ping','id':1}")));
            await(begun);
            slow.send("{'type':'ping','id':2}");
            released.countDown();
            assertThat(slow.reply().status()).isEqualTo(101);
            slow.expect("welcome");
            assertThat(slow.expect("pong").get("id").getAsInt()).isEqualTo(1);
            assertThat(slow.expect("pong").get("id").getAsInt()).isEqualTo(2);
        }
    }

    @Test
    void peersThatLeaveWhileTheirTokenIsCheckedLeaveNothing() throws IOException {
        List<RawPeer> gone = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawPeer peer = RawPeer.connect(server);
            peer.write(peer.upgradeRequest(bearer("slow")));
            gone.add(peer);
        }
        await(begun);
        for (RawPeer peer : gone) {
            peer.reset();
        }
        released.countDown();
        Eventually.that(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().sessions()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"faulty", "error", "overflow", "null"})
    void faultOfTheAuthenticatorIsAnsweredWithoutDetails(String token) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.upgradeRequest(bearer(token)));
            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.code()).isEqualTo("INTERNAL");
            assertThat(reply.header("Connection")).contains("close");
            assertThat(reply.body()).doesNotContain("hunter2").doesNotContain("Exception");
            peer.expectEnd();
        }
    }

    /** The same on a session that lives. */
    @ParameterizedTest
    @ValueSource(strings = {"faulty", "error", "null"})
    void faultInARenewalIsAnError(String token) throws IOException {
        try (RawPeer peer = RawPeer.open(server, bearer("quick"))) {
            peer.send("{'type':'auth','id':7,'token':'" + token + "'}");
            var error = peer.expect("error");
            assertThat(error.get("id").getAsInt()).isEqualTo(7);
            assertThat(error.get("code").getAsString()).isEqualTo("INTERNAL");
            assertThat(error.toString()).doesNotContain("hunter2");
            peer.send("{'type':'ping','id':8}");
            peer.expect("pong");
        }
    }

    @Test
    void storeThatIsAwayIsWorthTryingAgain() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.upgradeRequest(bearer("away")));
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.code()).isEqualTo("UNAVAILABLE");
            assertThat(reply.header("Retry-After")).isPresent();
            assertThat(reply.json().get("retryable").getAsBoolean()).isTrue();
        }
    }
}
