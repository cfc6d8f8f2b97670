package live.telemetry.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.junit.jupiter.api.Test;

class InterestTableTest {

    private static final TopicPattern HOST = TopicPattern.of("host.>");
    private static final TopicPattern CPU = TopicPattern.of("host.cpu");

    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();
    private final InterestTable table = new InterestTable(broadcaster);

    @Test
    void broadcasterIsToldOfTheFirstAndTheLast() {
        table.acquire(HOST);
        table.acquire(HOST);
        table.acquire(CPU);
        table.release(HOST);
        table.release(HOST);
        table.release(CPU);

        assertThat(broadcaster.interests).containsExactly("+host.>", "+host.cpu", "-host.>", "-host.cpu");
    }

    @Test
    void releaseOfWhatNobodyHasIsNothing() {
        table.release(HOST);

        assertThat(broadcaster.interests).isEmpty();
    }

    @Test
    void topicIsWantedWhileAPatternMatchesIt() {
        Topic cpu = Topic.of("host.cpu");
        assertThat(table.isWanted(cpu)).isFalse();
        table.acquire(HOST);
        assertThat(table.isWanted(cpu)).isTrue();
        assertThat(table.isWanted(Topic.of("other"))).isFalse();
        table.acquire(CPU);
        table.release(HOST);
        assertThat(table.isWanted(cpu)).isTrue();
        table.release(CPU);
        assertThat(table.isWanted(cpu)).isFalse();
    }

    @Test
    void onAndOffReachTheBroadcasterInTurnHoweverManyThreadsCome() throws Exception {
        List<Boolean> calls = Collections.synchronizedList(new ArrayList<>());
        InterestTable shared = new InterestTable(recording(calls));
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                runs.add(executor.submit(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        shared.acquire(HOST);
                        shared.release(HOST);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get(20, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }

        assertThat(calls).hasSizeGreaterThan(1).hasSizeLessThanOrEqualTo(40_000);
        for (int i = 0; i < calls.size(); i++) {
            assertThat(calls.get(i)).as("call %d", i).isEqualTo(i % 2 == 0);
        }
        assertThat(calls.get(calls.size() - 1)).isFalse();
    }

    private static Broadcaster recording(List<Boolean> calls) {
        return (Broadcaster) java.lang.reflect.Proxy.newProxyInstance(
                InterestTableTest.class.getClassLoader(), new Class<?>[] {Broadcaster.class}, (proxy, method, args) -> {
                    calls.add((Boolean) args[1]);
                    return null;
                });
    }
}
