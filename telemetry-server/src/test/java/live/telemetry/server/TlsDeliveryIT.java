package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import live.telemetry.core.Retention;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a slow reader gets over TLS: every byte, although writes end in the middle of records of either kind. */
class TlsDeliveryIT {

    private static final int RECORDS = 6_000;
    private static final int MAX_CHARACTERS = 4_000;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789€äß ";

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 300})
    void everythingArrivesAsItWasPublished(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            texts.add(text(random, 1 + random.nextInt(random.nextInt(20) == 0 ? MAX_CHARACTERS * 4 : MAX_CHARACTERS)));
        }
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous()
                        .tls(TestAuthority.LOOPBACK)
                        .retention(Retention.DEFAULT.withMaxRecords(RECORDS).withMaxBytes(64L << 20))
                        .limits(ServerLimits.DEFAULT.withSendBufferBytes(8 << 10))
                        .build()
                        .start();
                RawPeer peer = RawPeer.connect(server, 8 << 10).upgrade()) {
            peer.send("{'type':'subscribe','id':1,'topic':'a'}");
            peer.expect("subscribed");
            int published = 0;
            int read = 0;
            long pings = 0;
            while (read < RECORDS) {
                for (int some = random.nextInt(400); some > 0 && published < RECORDS; some--) {
                    server.publish("a", texts.get(published++));
                }
                if (random.nextInt(3) == 0) {
                    // Its answer has to come between records, never into one.
                    peer.send("{'type':'ping','id':" + ++pings + "}");
                }
                for (int some = random.nextInt(300); some > 0 && read < published; some--) {
                    read += isExpected(peer.envelope(), read, texts, seed) ? 1 : 0;
                }
            }
            assertThat(server.stats().gaps()).as("seed %d", seed).isZero();
            assertThat(server.stats().writes())
                    .as("writes that were cut short, seed %d", seed)
                    .isGreaterThan(500);
        }
    }

    /** A request is read only when the answer before it has gone out to the last byte. */
    @Test
    void answersAllArriveAtASlowReader() throws IOException {
        int requests = 3_000;
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous()
                        .tls(TestAuthority.LOOPBACK)
                        .limits(ServerLimits.DEFAULT.withSendBufferBytes(4 << 10))
                        .build()
                        .start();
                RawPeer peer = RawPeer.connect(server, 4 << 10)) {
            Thread asking = new Thread(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        peer.write(peer.request("GET /telemetry/health"));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            asking.start();
            // Nobody has read an answer yet: the system's buffers are full, in both directions.
            awaitStandstill(server);
            for (int i = 0; i < requests; i++) {
                assertThat(peer.reply().status()).isEqualTo(200);
            }
        }
    }

    private static void awaitStandstill(TelemetryServer server) {
        AtomicLong before = new AtomicLong(-1);
        Awaitility.await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = server.stats().writes();
            return now > 0 && before.getAndSet(now) == now;
        });
    }

    private static boolean isExpected(JsonObject envelope, int read, List<String> texts, long seed) {
        String type = envelope.get("type").getAsString();
        if (type.equals("data")) {
            // The first one makes the topic, of which the subscription is told.
            assertThat(envelope.get("data").getAsString())
                    .as("record %d, seed %d", read, seed)
                    .isEqualTo(texts.get(read));
            return true;
        }
        assertThat(type).as("seed %d", seed).isIn("pong", "subscribed");
        return false;
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
