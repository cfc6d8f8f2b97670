package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.Map;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscribing over a real socket, in every form of {@code since}. */
class SubscribeIT {

    private TelemetryServer server;

    @BeforeEach
    void start() {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous(Rights.ALL)
                .retention(Retention.DEFAULT.withMaxRecords(100))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(String topic, int count) {
        for (int i = 0; i < count; i++) {
            server.publish(topic, Map.of("i", i)).toCompletableFuture().join();
        }
    }

    private String epoch(String topic) {
        return server.publish(topic, 0).toCompletableFuture().join().epoch();
    }

    @Test
    void liveRecordsFollowTheSubscription() throws Exception {
        publish("a.b", 3);
        try (WireClient client = WireClient.connect(server)) {
            client.send("{'type':'subscribe','id':1,'topic':'a.b'}");
            JsonObject subscribed = client.expect("subscribed");
            assertThat(subscribed.get("id").getAsLong()).isEqualTo(1);
            assertThat(subscribed.get("seq").getAsLong()).isEqualTo(3);
            assertThat(subscribed.get("recovered").getAsBoolean()).isTrue();
            publish("a.b", 2);
            assertThat(client.expectData(2)).containsExactly(4L, 5L);
        }
    }

    @Test
    void resumingDeliversExactlyTheMissingRecords() throws Exception {
        publish("a", 10);
        String epoch = epoch("a");
        try (WireClient client = WireClient.connect(server)) {
            client.send("{'type':'subscribe','id':1,'topic':'a','since':{'epoch':'" + epoch + "','seq':7}}");
            assertThat(client.expect("subscribed").get("seq").getAsLong()).isEqualTo(7);
            assertThat(client.expectData(4)).containsExactly(8L, 9L, 10L, 11L);
        }
    }

    @Test
    void whatRetentionHasDroppedIsAGap() throws Exception {
        publish("a", 149);
        String epoch = epoch("a");
        try (WireClient client = WireClient.connect(server)) {
            client.send("{'type':'subscribe','id':1,'topic':'a','since':{'epoch':'" + epoch + "','seq':7}}");
            JsonObject subscribed = client.expect("subscribed");
            assertThat(subscribed.get("recovered").getAsBoolean()).isFalse();
            assertThat(subscribed.get("seq").getAsLong()).isEqualTo(7);
            JsonObject gap = client.expect("gap");
            assertThat(gap.get("from").getAsLong()).isEqualTo(8);
            assertThat(gap.get("to").getAsLong()).isEqualTo(50);
            assertThat(gap.get("next").getAsLong()).isEqualTo(51);
            assertThat(gap.get("reason").getAsString()).isEqualTo("expired");
            assertThat(client.expectData(100)).startsWith(51L).endsWith(150L);
        }
    }
}
