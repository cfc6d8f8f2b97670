package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import live.telemetry.server.session.Loop;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerQueueTest {

    private final TimerQueue queue = new TimerQueue();
    private final List<String> ran = new ArrayList<>();

    private void runDue(long now) {
        Runnable due;
        while ((due = queue.takeDue(now)) != null) {
            due.run();
        }
    }

    @Test
    void earliestFirstAndInTheOrderOfAddingAmongEqual() {
        queue.add(20, () -> ran.add("c"));
        queue.add(10, () -> ran.add("a"));
        queue.add(10, () -> ran.add("b"));
        assertThat(queue.untilNext(0)).isEqualTo(10);
        runDue(9);
        assertThat(ran).isEmpty();
        runDue(10);
        assertThat(ran).containsExactly("a", "b");
        assertThat(queue.untilNext(15)).isEqualTo(5);
        assertThat(queue.untilNext(50)).isZero();
        runDue(50);
        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(queue.untilNext(50)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void cancelledOnesDoNotRun() {
        Loop.Timer first = queue.add(10, () -> ran.add("a"));
        Loop.Timer second = queue.add(20, () -> ran.add("b"));
        first.cancel();
        first.cancel();
        assertThat(queue.untilNext(0)).isEqualTo(20);
        runDue(30);
        assertThat(ran).containsExactly("b");
        second.cancel();
    }

    @Test
    void oneMayCancelAnotherThatIsDueAsWell() {
        List<Loop.Timer> later = new ArrayList<>();
        queue.add(10, () -> later.forEach(Loop.Timer::cancel));
        later.add(queue.add(10, () -> ran.add("b")));
        runDue(10);
        assertThat(ran).isEmpty();
    }

    /** {@code nanoTime} may begin anywhere, and run over. */
    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 5, Long.MIN_VALUE, -5})
    void clockMayRunOver(long begin) {
        queue.add(begin + 20, () -> ran.add("b"));
        queue.add(begin + 10, () -> ran.add("a"));
        assertThat(queue.untilNext(begin)).isEqualTo(10);
        runDue(begin + 9);
        assertThat(ran).isEmpty();
        runDue(begin + 20);
        assertThat(ran).containsExactly("a", "b");
    }

    /** Against a list that is searched. */
    @RepeatedTest(50)
    void doesWhatAListWouldDo() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, Long> dueAt = new HashMap<>();
        Map<Integer, Loop.Timer> timers = new HashMap<>();
        List<Integer> fired = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 500; step++) {
            int id = step;
            switch (random.nextInt(3)) {
                case 0 -> {
                    long due = now + random.nextInt(100);
                    dueAt.put(id, due);
                    timers.put(id, queue.add(due, () -> fired.add(id)));
                }
                case 1 -> {
                    if (!timers.isEmpty()) {
                        Integer victim = new ArrayList<>(timers.keySet()).get(random.nextInt(timers.size()));
                        timers.remove(victim).cancel();
                        dueAt.remove(victim);
                    }
                }
                default -> {
                    now += random.nextInt(30);
                    long at = now;
                    List<Integer> expected = dueAt.entrySet().stream()
                            .filter(entry -> entry.getValue() <= at)
                            .sorted(Comparator.comparingLong((Map.Entry<Integer, Long> e) -> e.getValue())
                                    .thenComparing(Map.Entry::getKey))
                            .map(Map.Entry::getKey)
                            .toList();
                    fired.clear();
                    runDue(now);
                    assertThat(fired).as("seed " + seed).isEqualTo(expected);
                    expected.forEach(dueAt::remove);
                    expected.forEach(timers::remove);
                }
            }
        }
    }

    /** As many as a session with many conflated topics has, when it ends. */
    @Test
    void cancellingManyDoesNotLookAtAllOfThemEachTime() {
        List<Loop.Timer> timers = new ArrayList<>();
        for (int i = 0; i < 400_000; i++) {
            timers.add(queue.add(i, () -> ran.add("never")));
        }
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = timers.size() - 1; i >= 0; i--) {
                timers.get(i).cancel();
            }
        });
        assertThat(queue.untilNext(0)).isEqualTo(Long.MAX_VALUE);
    }
}
