package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

    private final VirtualTime time = new VirtualTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunByTimeAndThenInOrderOfScheduling() {
        time.after(Duration.ofMillis(2), () -> ran.add("c"));
        time.after(Duration.ofMillis(1), () -> ran.add("a"));
        time.after(Duration.ofMillis(1), () -> ran.add("b"));
        time.after(Duration.ofMillis(9), () -> ran.add("later"));
        time.run(Duration.ofMillis(5));
        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(time.now()).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void tasksOfTasksRunInTheSameTurnIfTheyAreDue() {
        time.after(Duration.ZERO, () -> time.after(Duration.ofMillis(5), () -> ran.add("due")));
        time.after(Duration.ZERO, () -> time.after(Duration.ofMillis(6), () -> ran.add("not due")));
        time.run(Duration.ofMillis(5));
        assertThat(ran).containsExactly("due");
    }

    @Test
    void stepSkipsToTheNextTask() {
        time.after(Duration.ofDays(1), () -> ran.add("far"));
        assertThat(time.step()).isTrue();
        assertThat(time.now()).isEqualTo(Duration.ofDays(1));
        assertThat(time.step()).isFalse();
    }

    @Test
    void taskCannotDrive() {
        time.after(Duration.ZERO, time::step);
        assertThatThrownBy(() -> time.run(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void pumpDrivesInRealTimeAndTellsWhatATaskThrew() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        time.after(Duration.ofMillis(1), () -> {
            throw new IllegalStateException("broken sink");
        });
        time.after(Duration.ofMillis(2), done::countDown);
        RealTimePump pump = RealTimePump.start(time);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(pump::close).isInstanceOf(AssertionError.class).hasRootCauseMessage("broken sink");
        pump.close();
    }
}
