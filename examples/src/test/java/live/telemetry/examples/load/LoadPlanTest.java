package live.telemetry.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LoadPlanTest {

    @Test
    void saysWhatIsOutOfBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoadPlan(0, 1, 100))
                .withMessage("topics must be from 1 to 100000: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoadPlan(1, Double.NaN, 100))
                .withMessageContaining("records per second must be positive");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoadPlan(1_000, 1_001, 100))
                .withMessageContaining("at most 1000000 on all topics together: 1001.0 on each of 1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoadPlan(1, 1, 10))
                .withMessage("bytes must be at least 35: 10");
    }

    @Test
    void multipliesTheRate() {
        assertThat(new LoadPlan(1_000, 1, 100).totalRate()).isEqualTo(1_000);
    }
}
