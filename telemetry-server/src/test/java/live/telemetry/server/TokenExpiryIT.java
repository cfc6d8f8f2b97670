package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Identity;
import live.telemetry.core.Rights;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens run out while their sessions live. A token here says whose it is and for how many milliseconds: {@code ann/800}. */
class TokenExpiryIT {

    private static final long LIFETIME = 800;

    private final CountDownLatch slowChecks = new CountDownLatch(1);
    private TelemetryServer server;

    @BeforeEach
    void start() {
        server = TelemetryServer.builder()
                .port(0)
                .authenticator(credentials -> identity(credentials.token()))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        slowChecks.countDown();
        server.close();
    }

    private Identity identity(String token) {
        if (token.equals("refused")) {
            throw new AuthenticationException("not any more");
        }
        if (token.startsWith("slow")) {
            try {
                slowChecks.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        String[] parts = token.split("/");
        Instant expiry = parts.length < 2 ? null : Instant.now().plusMillis(Long.parseLong(parts[1]));
        return new Identity(parts[0].replace("slow-", ""), Rights.ALL, expiry);
    }

    private RawPeer open(String token) throws IOException {
        return RawPeer.open(server, "Authorization: Bearer " + token);
    }

    private static JsonObject renew(RawPeer peer, String token) throws IOException {
        peer.send("{'type':'auth','id':5,'token':'" + token + "'}");
        return peer.envelope();
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private static void expectExpiry(RawPeer peer, long begin) throws IOException {
        JsonObject error = peer.expect("error");
        assertThat(error.get("code").getAsString()).isEqualTo("UNAUTHENTICATED");
        assertThat(error.has("id")).isFalse();
        assertThat(peer.closeCode()).isEqualTo(4401);
        assertThat(millisSince(begin)).isBetween(LIFETIME - 50, LIFETIME + 3_000);
    }

    @Test
    void sessionEndsWithItsToken() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            expectExpiry(peer, begin);
        }
    }

    @Test
    void welcomeTellsTheExpiry() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.upgradeRequest("Authorization: Bearer ann/" + LIFETIME));
            peer.reply();
            long left = peer.expect("welcome").get("expiresAt").getAsLong() - System.currentTimeMillis();
            assertThat(left).isBetween(0L, LIFETIME);
        }
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.upgradeRequest("Authorization: Bearer ann"));
            peer.reply();
            assertThat(peer.expect("welcome").has("expiresAt")).isFalse();
        }
    }

    @Test
    void renewedTokenKeepsTheSession() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            JsonObject authenticated = renew(peer, "ann/60000");
            assertThat(authenticated.get("type").getAsString()).isEqualTo("authenticated");
            assertThat(authenticated.get("id").getAsInt()).isEqualTo(5);
            assertThat(authenticated.get("expiresAt").getAsLong()).isGreaterThan(System.currentTimeMillis() + 50_000);
            Awaitility.await().until(() -> millisSince(begin) > LIFETIME + 200);
            peer.send("{'type':'ping','id':6}");
            peer.expect("pong");
        }
    }

    @Test
    void renewedTokenMayHaveNoExpiry() throws IOException {
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            assertThat(renew(peer, "ann").has("expiresAt")).isFalse();
        }
    }

    @Test
    void renewedTokenMayExpireSooner() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/60000")) {
            renew(peer, "ann/" + LIFETIME);
            expectExpiry(peer, begin);
        }
    }

    @Test
    void refusedTokenLeavesTheOldInForceUntilItsExpiry() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            JsonObject error = renew(peer, "refused");
            assertThat(error.get("code").getAsString()).isEqualTo("UNAUTHENTICATED");
            assertThat(error.get("id").getAsInt()).isEqualTo(5);
            peer.send("{'type':'publish','id':6,'topic':'a','data':1}");
            peer.expect("published");
            expectExpiry(peer, begin);
        }
    }

    @Test
    void tokenOfSomebodyElseIsForbidden() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            assertThat(renew(peer, "bob/60000").get("code").getAsString()).isEqualTo("FORBIDDEN");
            expectExpiry(peer, begin);
        }
    }

    @Test
    void sessionOutlivesItsTokenWhileANewOneIsChecked() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            peer.send("{'type':'auth','id':5,'token':'slow-ann/60000'}");
            Awaitility.await().until(() -> millisSince(begin) > LIFETIME + 300);
            peer.send("{'type':'ping','id':6}");
            peer.expect("pong");
            slowChecks.countDown();
            peer.expect("authenticated");
            peer.send("{'type':'ping','id':7}");
            peer.expect("pong");
        }
    }

    @Test
    void sessionThatOutlivedItsTokenEndsWhenTheNewOneIsNoGood() throws IOException {
        long begin = System.nanoTime();
        try (RawPeer peer = open("ann/" + LIFETIME)) {
            peer.send("{'type':'auth','id':5,'token':'slow-bob/60000'}");
            Awaitility.await().until(() -> millisSince(begin) > LIFETIME + 300);
            slowChecks.countDown();
            assertThat(peer.expect("error").get("code").getAsString()).isEqualTo("FORBIDDEN");
            expectExpiry(peer, begin);
        }
    }

    @Test
    void anonymousServerTakesNoToken() throws IOException {
        try (TelemetryServer open = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous()
                        .build()
                        .start();
                RawPeer peer = RawPeer.open(open)) {
            assertThat(renew(peer, "ann").get("code").getAsString()).isEqualTo("BAD_REQUEST");
        }
    }
}
