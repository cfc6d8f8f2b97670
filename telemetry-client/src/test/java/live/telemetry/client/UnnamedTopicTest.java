package live.telemetry.client;

import static live.telemetry.client.Bench.accepted;
import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.matched;
import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.client.Bench.Told;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** The {@code subscribed} of a topic that a pattern brings was lost, so that its records come without a beginning. */
class UnnamedTopicTest {

    private final Bench bench = new Bench();
    private final Told told = new Told();

    private void subscribePattern() {
        bench.client.subscribe("host.*", SubscribeOptions.from(Since.START), told);
        bench.connected();
        acceptPattern();
    }

    private void acceptPattern() {
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"));
    }

    private void assertAskedOnce(Since since) {
        assertThat(bench.server().sent(Subscribe.class)).hasSize(2);
        assertThat(bench.lastSubscribe().pattern()).isEqualTo(TopicPattern.of("host.cpu"));
        assertThat(bench.lastSubscribe().since()).isEqualTo(since);
    }

    @Test
    void itIsBegunWhereThePatternWantsIt() {
        subscribePattern();
        bench.server().says(data("host.cpu", 1), data("host.cpu", 2));
        assertAskedOnce(Since.START);
        bench.answer("host.cpu", "e", 0);
        assertThat(bench.server().last(Unsubscribe.class).pattern()).isEqualTo(TopicPattern.of("host.cpu"));
        bench.server().says(data("host.cpu", 1), matched("host.*", "host.cpu", "e", 1), data("host.cpu", 2));
        assertThat(told.all).containsExactly("host.cpu#1", "host.cpu#2");
        assertThat(bench.client.stats().resubscriptions()).isEqualTo(1);
    }

    @Test
    void itIsResumedWhereItStood() {
        subscribePattern();
        bench.server().says(matched("host.*", "host.cpu", "e", 0), data("host.cpu", 1));
        bench.reconnected();
        acceptPattern();
        bench.server().says(data("host.cpu", 2));
        assertAskedOnce(Since.after(at("e", 1)));
        bench.answer("host.cpu", "e", 1);
        bench.server().says(data("host.cpu", 2));
        assertThat(told.all).containsExactly("host.cpu#1", "host.cpu#2");
    }

    @Test
    void aTopicThatNoPatternMatchesIsLeftAlone() {
        subscribePattern();
        bench.server().says(data("app.orders", 1));
        assertThat(bench.server().sent(Subscribe.class)).hasSize(1);
    }
}
