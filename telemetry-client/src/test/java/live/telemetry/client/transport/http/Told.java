package live.telemetry.client.transport.http;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportListener;
import org.jspecify.annotations.Nullable;

/** What a transport tells. */
final class Told implements TransportListener {

    private final List<String> texts = new ArrayList<>();
    private int taken;
    boolean open;

    @Nullable
    TransportEnd end;

    @Override
    public void onOpen() {
        open = true;
    }

    @Override
    public void onText(String text) {
        texts.add(text);
    }

    @Override
    public void onHeard() {
        // Of no interest.
    }

    @Override
    public void onEnd(TransportEnd end) {
        if (this.end != null) {
            throw new AssertionError("told twice");
        }
        this.end = end;
    }

    /** What came since the last call. */
    List<String> take() {
        List<String> news = List.copyOf(texts.subList(taken, texts.size()));
        taken = texts.size();
        return news;
    }
}
