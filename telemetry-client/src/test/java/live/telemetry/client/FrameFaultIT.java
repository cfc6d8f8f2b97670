package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import live.telemetry.core.Rights;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.Frame;
import live.telemetry.tck.proxy.FrameFault;
import live.telemetry.tck.proxy.FrameFault.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records that are lost on their way, come twice or too late are put right on the connection that there is. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FrameFaultIT {

    private static final int RECORDS = 2_000;
    private static final int BURST = 200;

    private final long seed = System.nanoTime();
    private final TelemetryServer server =
            TelemetryServer.builder().port(0).allowAnonymous(Rights.ALL).build().start();
    private final FaultProxy proxy = FaultProxy.to(server.port());
    private final TelemetryClient client =
            TelemetryClient.builder().url("ws://127.0.0.1:" + proxy.port()).build();
    private final Audit audit = new Audit("seed " + seed);

    @BeforeEach
    void subscribe() {
        client.connect();
        client.subscribe("a.b", SubscribeOptions.from(Since.START), audit);
        server.publish("a.b", 0);
        await().until(() -> audit.last("a.b") == 1);
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
        server.close();
    }

    /** One record in ten, each only the first time that it comes. */
    private Predicate<Frame> someRecordsOnce() {
        Random random = new Random(seed);
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        return frame -> frame.isText()
                && EnvelopeCodec.decodeServer(frame.text()) instanceof Data data
                && seen.add(data.record().seq())
                && random.nextInt(10) == 0;
    }

    private ClientStats statsAfter(Verdict verdict) {
        proxy.frames(FrameFault.matching(someRecordsOnce(), verdict));
        for (int i = 0; i < RECORDS; i++) {
            long sent = server.publish("a.b", i).toCompletableFuture().join().seq();
            if (i % BURST == 0) {
                // So that less is held back than the bound of a repair.
                await().until(() -> audit.last("a.b") > sent - BURST);
            }
        }
        proxy.heal();
        // The last one may be among them, and nobody misses it until another one comes.
        long last = server.publish("a.b", RECORDS).toCompletableFuture().join().seq();
        await().until(() -> audit.last("a.b") == last);
        assertThat(audit.faults).isEmpty();
        assertThat(audit.gaps).isEmpty();
        ClientStats stats = client.stats();
        assertThat(stats.records()).isEqualTo(RECORDS + 2);
        assertThat(stats.reconnects()).isZero();
        return stats;
    }

    @Test
    void whatIsLostIsGotByResyncWithoutAReconnect() {
        ClientStats stats = statsAfter(Verdict.DROP);
        assertThat(proxy.stats().framesDropped()).isPositive();
        assertThat(stats.repaired()).isEqualTo(proxy.stats().framesDropped());
        assertThat(stats.resyncs()).isPositive();
        assertThat(stats.resubscriptions()).isZero();
    }

    @Test
    void whatComesTwiceIsToldOnce() {
        ClientStats stats = statsAfter(Verdict.DUPLICATE);
        assertThat(proxy.stats().framesDuplicated()).isPositive();
        assertThat(stats.duplicatesDropped()).isEqualTo(proxy.stats().framesDuplicated());
        assertThat(stats.resyncs()).isZero();
    }

    @Test
    void whatComesTooLateIsToldInOrder() {
        ClientStats stats = statsAfter(Verdict.HOLD);
        assertThat(proxy.stats().framesHeld()).isPositive();
        assertThat(stats.repaired()).isPositive();
        assertThat(stats.duplicatesDropped()).isPositive();
        assertThat(stats.resubscriptions()).isZero();
    }
}
