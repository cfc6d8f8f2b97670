package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long-polling over real sockets. */
class PollIT {

    private TelemetryServer server = start(TelemetryServer.builder().allowAnonymous());

    private static TelemetryServer start(TelemetryServerBuilder builder) {
        return builder.port(0).node("n").build().start();
    }

    private void restart(TelemetryServerBuilder builder) {
        server.close();
        server = start(builder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(String topic, int count) {
        for (int i = 0; i < count; i++) {
            server.publish(topic, i).toCompletableFuture().join();
        }
    }

    @Test
    void whatIsThereComesAtOnceAndThenWhatIsNew() throws IOException {
        publish("a", 3);
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer first = client.poll("topic=a&since=start");
            assertThat(first.brief()).containsExactly("subscribed a", "a1", "a2", "a3");
            assertThat(first.cursor()).endsWith(":3");
            publish("a", 2);
            PollClient.Answer second = client.poll("topic=a&since=" + first.cursor());
            assertThat(second.brief()).containsExactly("a4", "a5");
        }
    }

    @Test
    void aPollIsHeldUntilThereIsSomething() throws IOException {
        publish("a", 3);
        try (PollClient client = PollClient.connect(server)) {
            client.ask("topic=a");
            await().until(() -> server.stats().heldPolls() == 1);
            publish("a", 1);
            assertThat(client.answer().brief()).containsExactly("subscribed a", "a4");
            assertThat(server.stats().heldPolls()).isZero();
            assertThat(server.stats().polls()).isEqualTo(1);
        }
    }

    @Test
    void aSubscribedAloneDoesNotEndTheHold() throws IOException {
        publish("a", 1);
        try (PollClient client = PollClient.connect(server)) {
            long begin = System.nanoTime();
            PollClient.Answer empty = client.poll("topic=a&topic=b&wait=0.3");
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(300_000_000L);
            assertThat(empty.brief()).containsExactlyInAnyOrder("subscribed a", "subscribed b");
            assertThat(client.poll("topic=a&topic=b&wait=0&since=" + empty.cursor())
                            .brief())
                    .as("named by the cursor")
                    .isEmpty();
            publish("b", 1);
            assertThat(client.poll("topic=a&topic=b&since=" + empty.cursor()).brief())
                    .as("named without an epoch, and born since")
                    .containsExactly("subscribed b", "b1");
        }
    }

    @Test
    void aTopicWithoutRecordsHasACursorToo() throws IOException {
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer none = client.poll("topic=a&wait=0");
            assertThat(none.cursor()).isEqualTo(":0");
            publish("a", 2);
            PollClient.Answer born = client.poll("topic=a&since=:0");
            assertThat(born.brief()).containsExactly("subscribed a", "a1", "a2");
        }
    }

    @Test
    void topicsOfAPatternThatWereBornMeanwhileComeFromTheirFirstRecord() throws IOException {
        publish("t.a", 2);
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer first = client.poll("topic=t.*&wait=0");
            assertThat(first.brief()).containsExactly("subscribed t.*", "subscribed t.a");
            publish("t.b", 2);
            publish("t.a", 1);
            PollClient.Answer second = client.poll("topic=t.*&since=" + first.cursor());
            assertThat(second.brief())
                    .contains("t.a3", "subscribed t.b", "t.b1", "t.b2")
                    .hasSize(4);
            client.ask("topic=t.*&since=" + second.cursor());
            await().until(() -> server.stats().heldPolls() == 1);
            publish("t.c", 1);
            assertThat(client.answer().brief()).containsExactly("subscribed t.c", "t.c1");
        }
    }

    @Test
    void aNamedTopicGetsItsGapWithoutASubscribed() throws IOException {
        restart(TelemetryServer.builder().allowAnonymous().retention(Retention.DEFAULT.withMaxRecords(2)));
        publish("a", 1);
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer first = client.poll("topic=a&since=start");
            publish("a", 9);
            PollClient.Answer second = client.poll("topic=a&since=" + first.cursor());
            assertThat(second.brief()).containsExactly("gap a2-8 expired", "a9", "a10");
            PollClient.Answer other = client.poll("topic=a&since=otherEpoch:5");
            assertThat(other.brief()).containsExactly("gap a1-8 epoch-changed", "a9", "a10");
        }
    }

    @Test
    void aFullAnswerIsSharedAmongTopicsAndTheRestComesWithTheNext() throws IOException {
        publish("a", 1_500);
        publish("b", 600);
        publish("c", 10);
        Map<String, Integer> last = new HashMap<>();
        try (PollClient client = PollClient.connect(server)) {
            String cursor = "start";
            for (int polls = 1; polls <= 3; polls++) {
                PollClient.Answer answer = client.poll("topic=a&topic=b&topic=c&since=" + cursor);
                Map<String, Integer> counts = new HashMap<>();
                for (var envelope : answer.envelopes()) {
                    if (envelope.get("type").getAsString().equals("data")) {
                        String topic = envelope.get("topic").getAsString();
                        counts.merge(topic, 1, Integer::sum);
                        assertThat(envelope.get("seq").getAsInt()).isEqualTo(last.merge(topic, 1, Integer::sum));
                    }
                }
                int total = counts.values().stream().mapToInt(Integer::intValue).sum();
                assertThat(total).isEqualTo(polls < 3 ? 1_000 : 110);
                if (polls == 1) {
                    assertThat(counts.get("b")).isGreaterThanOrEqualTo(333);
                    assertThat(counts).containsEntry("c", 10);
                }
                cursor = answer.cursor();
            }
        }
        assertThat(last).isEqualTo(Map.of("a", 1_500, "b", 600, "c", 10));
    }

    @Test
    void anAnswerHasAboutAMegabyte() throws IOException {
        restart(TelemetryServer.builder().allowAnonymous().retention(Retention.DEFAULT.withMaxBytes(8 << 20)));
        String payload = "x".repeat(100_000);
        for (int i = 0; i < 25; i++) {
            server.publish("a", payload).toCompletableFuture().join();
        }
        List<String> all = new ArrayList<>();
        try (PollClient client = PollClient.connect(server)) {
            String cursor = "start";
            for (int polls = 0; polls < 3; polls++) {
                PollClient.Answer answer = client.poll("topic=a&since=" + cursor);
                List<String> data = answer.brief().stream()
                        .filter(brief -> brief.startsWith("a"))
                        .toList();
                assertThat(data).hasSizeLessThanOrEqualTo(11);
                all.addAll(data);
                cursor = answer.cursor();
            }
        }
        assertThat(all)
                .isEqualTo(
                        IntStream.rangeClosed(1, 25).mapToObj(seq -> "a" + seq).toList());
    }

    @Test
    void aConflatedPollGetsTheLatestOfEachKeySinceItsCursor() throws IOException {
        try (PollClient client = PollClient.connect(server)) {
            String cursor = "start";
            for (int round = 1; round <= 3; round++) {
                for (String key : List.of("x", "y", "x")) {
                    server.publish("a", key, round).toCompletableFuture().join();
                }
                PollClient.Answer answer = client.poll("topic=a&mode=conflated&since=" + cursor);
                List<String> data = answer.brief().stream()
                        .filter(brief -> brief.startsWith("a"))
                        .toList();
                assertThat(data).containsExactly("a" + (3 * round - 1), "a" + 3 * round);
                cursor = answer.cursor();
            }
            publish("a", 0);
        }
    }

    @Test
    void aSnapshotBeyondTheBoundGoesOnBehindItsLastRecord() throws IOException {
        for (int key = 0; key < 1_200; key++) {
            server.publish("a", "k" + key, key).toCompletableFuture().join();
        }
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer first = client.poll("topic=a&since=snapshot");
            assertThat(first.brief()).hasSize(1_001).endsWith("a1000");
            assertThat(first.envelopes().get(0).get("snapshot").getAsInt()).isEqualTo(1_200);
            PollClient.Answer second = client.poll("topic=a&since=" + first.cursor());
            assertThat(second.brief()).hasSize(200).startsWith("a1001").endsWith("a1200");
        }
    }

    @Test
    void aBodyTakesACursorOfAnySize() throws IOException {
        IntStream.range(0, 100).forEach(i -> publish("t." + i, 1));
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer first = client.pollByBody("{\"subscribe\":[{\"topic\":\"t.*\",\"since\":\"start\"}]}");
            assertThat(first.brief()).hasSize(201);
            client.ask("topic=t.*&since=" + first.cursor());
            HttpReply refused = client.peer().reply();
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("TOO_MANY_TOPICS");
        }
        try (PollClient client = PollClient.connect(server)) {
            PollClient.Answer first = client.pollByBody("{\"subscribe\":[{\"topic\":\"t.*\"}],\"wait\":0}");
            publish("t.7", 1);
            PollClient.Answer second = client.pollByBody(
                    "{\"subscribe\":[{\"topic\":\"t.*\"}],\"since\":\"" + first.cursor() + "\",\"wait\":5}");
            assertThat(second.brief()).containsExactly("t.72");
        }
    }

    @Test
    void onlyTopicsOfTheRequestAreUsedOfACursor() throws IOException {
        publish("a", 2);
        publish("b", 2);
        try (PollClient client = PollClient.connect(server)) {
            String both = client.poll("topic=a&topic=b&wait=0").cursor();
            publish("a", 1);
            publish("b", 1);
            assertThat(client.poll("topic=a&topic=c&since=" + both).brief())
                    .containsExactlyInAnyOrder("subscribed c", "a3");
        }
    }

    @Test
    void aCursorThatCannotBeReadIsRefused() throws IOException {
        for (String cursor : List.of("x", "AQ", "AQAAAA", "AQH_", "!!", "a:b", "last", "Start", ":1")) {
            try (PollClient client = PollClient.connect(server)) {
                client.ask("topic=a&since=" + cursor);
                HttpReply reply = client.peer().reply();
                assertThat(reply.status()).as(cursor).isEqualTo(400);
                assertThat(reply.code()).isEqualTo("BAD_REQUEST");
            }
        }
    }

    @Test
    void theConnectionIsKeptForTheNextRequestAndForThoseThatCameEarly() throws IOException {
        publish("a", 1);
        try (PollClient client = PollClient.connect(server)) {
            client.ask("topic=a&wait=0.2");
            client.ask("topic=a&since=start");
            client.peer().write(client.peer().request("GET /telemetry/health"));
            assertThat(client.answer().brief()).containsExactly("subscribed a");
            assertThat(client.answer().brief()).containsExactly("subscribed a", "a1");
            assertThat(client.peer().reply().body()).startsWith("{\"status\"");
        }
    }

    @Test
    void atShutdownHeldPollsAreAnsweredAtOnceWithAGoaway() throws IOException {
        publish("a", 1);
        try (PollClient client = PollClient.connect(server)) {
            client.ask("topic=a");
            await().until(() -> server.stats().heldPolls() == 1);
            server.close();
            PollClient.Answer answer = client.answer();
            assertThat(answer.brief()).contains("goaway").doesNotContain("a1");
            assertThat(answer.cursor()).endsWith(":1");
            client.peer().expectEnd();
        }
    }

    @Test
    void atTheExpiryAHeldPollIs401() throws IOException {
        restart(TelemetryServer.builder().authenticator(Tokens.authenticator()));
        String token = Tokens.sign(Tokens.claims().expiration(Tokens.in(1)));
        try (PollClient client = PollClient.connect(server, "Authorization: Bearer " + token)) {
            client.ask("topic=a");
            HttpReply reply = client.peer().reply();
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.code()).isEqualTo("UNAUTHENTICATED");
        }
    }

    @Test
    void rightsHoldForTopicsAndForWhatACursorNames() throws IOException {
        publish("t.a", 1);
        publish("t.b", 1);
        String all;
        try (PollClient client = PollClient.connect(server)) {
            all = client.poll("topic=t.*&since=start").cursor();
        }
        restart(TelemetryServer.builder().authenticator(Tokens.authenticator()));
        publish("t.a", 1);
        publish("t.b", 1);
        String token = "Authorization: Bearer " + Tokens.valid(Map.of("subscribe", List.of("t.a")));
        try (PollClient client = PollClient.connect(server, token)) {
            assertThat(client.poll("topic=t.*&since=" + all).brief())
                    .containsExactly("gap t.a1-0 epoch-changed", "t.a1");
            client.ask("topic=t.b");
            assertThat(client.peer().reply().status()).isEqualTo(403);
        }
        try (PollClient client = PollClient.connect(server)) {
            client.ask("topic=t.a");
            assertThat(client.peer().reply().status()).isEqualTo(401);
        }
    }

    @Test
    void aPollThatIsHungUpIsForgottenWhenItsHoldIsOver() throws IOException {
        try (PollClient client = PollClient.connect(server)) {
            client.ask("topic=a&wait=0.5");
            await().until(() -> server.stats().heldPolls() == 1);
        }
        await().until(() -> server.stats().heldPolls() == 0 && server.stats().connections() == 0);
    }
}
