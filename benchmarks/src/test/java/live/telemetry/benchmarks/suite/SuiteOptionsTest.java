package live.telemetry.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SuiteOptionsTest {

    @Test
    void readsACommandLine() {
        SuiteOptions options = SuiteOptions.parse(
                "--only",
                "idle,storm",
                "--contenders",
                "telemetry,java-websocket",
                "--seconds",
                "0.5",
                "--scale",
                "0.01");

        assertThat(options.only()).containsExactly("idle", "storm");
        assertThat(options.contenders()).containsExactly(Contender.TELEMETRY, Contender.JAVA_WEBSOCKET);
        assertThat(options.window()).isEqualTo(Duration.ofMillis(500));
        assertThat(options.scaled(1_000)).isEqualTo(10);
        assertThat(options.rounds()).isEqualTo(SuiteOptions.DEFAULT.rounds());
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> SuiteOptions.parse("--fast", "1")).hasMessage("unknown option: --fast");
        assertThatThrownBy(() -> SuiteOptions.parse("--rounds")).hasMessage("--rounds needs a value");
        assertThatThrownBy(() -> SuiteOptions.parse("--rounds", "0")).hasMessageContaining("must be positive");
        assertThatThrownBy(() -> SuiteOptions.parse("--contenders", "apache"))
                .hasMessageContaining("there are [telemetry");
    }

    @Test
    void everyScenarioHasANameOfItsOwn() {
        assertThat(new Scenarios(SuiteOptions.DEFAULT).all())
                .extracting(Scenario::name)
                .doesNotHaveDuplicates();
    }
}
