package live.telemetry.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import live.telemetry.core.Retention;
import live.telemetry.examples.load.LoadPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoOptionsTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @Test
    void withoutArgumentsThereAreDefaults() {
        assertThat(DemoOptions.parse())
                .isEqualTo(new DemoOptions(
                        false,
                        "127.0.0.1",
                        8080,
                        null,
                        false,
                        null,
                        Duration.ofSeconds(1),
                        Retention.DEFAULT,
                        null,
                        null));
    }

    @Test
    void takesEveryOptionInBothForms() {
        DemoOptions spaced = DemoOptions.parse(
                "--port",
                "0",
                "--host",
                "0.0.0.0",
                "--jwt-secret",
                SECRET,
                "--node",
                "n1",
                "--interval",
                "500ms",
                "--retention-records",
                "50",
                "--load-topics",
                "10",
                "--load-rate",
                "2.5",
                "--load-bytes",
                "300",
                "--redis",
                "redis://localhost:6380");
        DemoOptions joined = DemoOptions.parse(
                "--port=0",
                "--host=0.0.0.0",
                "--jwt-secret=" + SECRET,
                "--node=n1",
                "--interval=500ms",
                "--retention-records=50",
                "--load-topics=10",
                "--load-rate=2.5",
                "--load-bytes=300",
                "--redis=redis://localhost:6380");

        assertThat(spaced)
                .isEqualTo(joined)
                .isEqualTo(new DemoOptions(
                        false,
                        "0.0.0.0",
                        0,
                        SECRET,
                        false,
                        "n1",
                        Duration.ofMillis(500),
                        Retention.DEFAULT.withMaxRecords(50),
                        new LoadPlan(10, 2.5, 300),
                        URI.create("redis://localhost:6380")));
        assertThat(DemoOptions.parse("--anonymous").anonymous()).isTrue();
        assertThat(DemoOptions.parse("--help").help()).isTrue();
    }

    @Test
    void loadHasDefaults() {
        assertThat(DemoOptions.parse("--load-topics=3").load()).isEqualTo(new LoadPlan(3, 1, 200));
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "2s,PT2S", "1m,PT1M", "1h,PT1H"})
    void understandsDurations(String text, Duration expected) {
        assertThat(DemoOptions.parse("--interval", text).interval()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s", "1", "s", "1 s", "1d", "1.5s", "9999999999s"})
    void refusesOtherDurations(String text) {
        assertThatThrownBy(() -> DemoOptions.parse("--interval", text))
                .isInstanceOf(BadOptionException.class)
                .hasMessage("--interval must be a positive duration such as 500ms, 2s, 1m: " + text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prot 80               | unknown option: --prot",
                "--prot=80               | unknown option: --prot",
                "8080                    | unexpected argument: 8080",
                "-p 8080                 | unexpected argument: -p",
                "--port                  | --port needs a value",
                "--port --anonymous      | --port needs a value; write --port=--anonymous if --anonymous is meant to be it",
                "--host=                 | --host needs a value that is not empty",
                "--port 65536            | --port must be a whole number from 0 to 65535: 65536",
                "--port x                | --port must be a whole number from 0 to 65535: x",
                "--anonymous=yes         | --anonymous takes no value",
                "--anonymous=yes --port 1| --anonymous takes no value",
                "--retention-records 0   | --retention-records must be a whole number from 1 to 9223372036854775807: 0",
                "--jwt-secret short      | --jwt-secret must have at least 32 bytes for HS256; it has 5",
                "--load-rate NaN         | --load-rate must be a number above 0: NaN",
                "--load-rate 1           | --load-rate and --load-bytes need --load-topics",
                "--redis localhost       | --redis must be a URI such as redis://127.0.0.1:6379, or rediss:// for TLS",
                "--load-topics 1 --load-bytes 34" + "| --load-bytes must be a whole number from 35 to 2147483647: 34",
                "--load-topics 1000 --load-rate 2000"
                        + "| --load-topics, --load-rate: records per second must be positive, and at most 1000000"
                        + " on all topics together: 2000.0 on each of 1000",
            })
    void saysWhatIsWrong(String commandLine, String message) {
        assertThatThrownBy(() -> DemoOptions.parse(commandLine.trim().split(" ")))
                .isInstanceOf(BadOptionException.class)
                .hasMessage(message);
    }

    @Test
    void aSecretHasNoUseForAnonymousClients() {
        assertThatThrownBy(() -> DemoOptions.parse("--anonymous", "--jwt-secret", SECRET))
                .isInstanceOf(BadOptionException.class)
                .hasMessage("--jwt-secret has no use with --anonymous; give one of them");
    }
}
