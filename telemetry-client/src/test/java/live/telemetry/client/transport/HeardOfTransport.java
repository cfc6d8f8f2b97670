package live.telemetry.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** What a transport tells. */
public class HeardOfTransport implements TransportListener {

    public final CompletableFuture<Void> open = new CompletableFuture<>();
    public final CompletableFuture<TransportEnd> end = new CompletableFuture<>();
    public final List<String> texts = new CopyOnWriteArrayList<>();
    public final CompletableFuture<Void> ping = new CompletableFuture<>();

    @Override
    public void onOpen() {
        open.complete(null);
    }

    @Override
    public void onText(String text) {
        texts.add(text);
    }

    @Override
    public void onHeard() {
        ping.complete(null);
    }

    @Override
    public void onEnd(TransportEnd end) {
        assertThat(this.end.complete(end)).as("told once").isTrue();
    }

    public TransportEnd awaitEnd() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }
}
