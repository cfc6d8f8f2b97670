package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import org.junit.jupiter.api.Test;

class EndedSubscriptionTest {

    private final Bench bench = new Bench();

    private WeakReference<Subscription> refused() {
        Subscription subscription = bench.client.subscribe("a.b", new Told());
        bench.server().says(new Failure(bench.lastSubscribe().id(), ErrorCode.FORBIDDEN, "not for you"));
        assertThat(subscription.state()).isEqualTo(SubscriptionState.REFUSED);
        return new WeakReference<>(subscription);
    }

    @Test
    void whatTheServerHasEndedIsNotKept() {
        bench.connected();
        WeakReference<Subscription> ended = refused();
        await().until(() -> {
            System.gc();
            return ended.refersTo(null);
        });
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }
}
