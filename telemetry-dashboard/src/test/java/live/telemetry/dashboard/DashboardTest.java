package live.telemetry.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import live.telemetry.core.TelemetryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the page is made, and the tests of its logic in JavaScript. */
@Timeout(60)
class DashboardTest {

    private static final Path TESTS = Path.of("src", "test", "js");

    @TempDir
    Path directory;

    @Test
    void addressesAreRelativeToWhereItIsServed() {
        assertThat(Dashboard.DEFAULT.base()).isEqualTo("./");
        assertThat(Dashboard.DEFAULT.servers()).containsExactly("telemetry");
        Dashboard deeper = Dashboard.DEFAULT.withPath("/ops/live").withTelemetryPath("/t");
        assertThat(deeper.base()).isEqualTo("live/");
        assertThat(deeper.servers()).containsExactly("../../t");
    }

    @Test
    void otherServersComeAfterItsOwn() {
        assertThat(Dashboard.DEFAULT
                        .withOtherServers(URI.create("https://b.example/telemetry"))
                        .servers())
                .containsExactly("telemetry", "https://b.example/telemetry");
    }

    @Test
    void whatCannotBeServedIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Dashboard.DEFAULT.withPath("dash"));
        assertThatIllegalArgumentException().isThrownBy(() -> Dashboard.DEFAULT.withTelemetryPath("/"));
        assertThatIllegalArgumentException().isThrownBy(() -> Dashboard.DEFAULT.withTitle(" "));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dashboard.DEFAULT.withOtherServers(URI.create("ftp://b.example/")));
        assertThatThrownBy(() -> Dashboard.DEFAULT.withTopics("a..b")).isInstanceOf(TelemetryException.class);
    }

    @Test
    void everyFileOfThePageIsServed() {
        // Reads them all, uPlot's from its WebJar.
        assertThat(Dashboard.pages()).isNotNull();
    }

    @Test
    void itsLogicPassesItsTests() throws Exception {
        requireNode();
        try (Stream<Path> files = Files.list(TESTS)) {
            List<String> tests = files.map(Path::toString)
                    .filter(name -> name.endsWith(".test.js"))
                    .toList();
            assertThat(tests).isNotEmpty();
            run(Stream.concat(Stream.of("node", "--test"), tests.stream()).toList());
        }
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void requireNode() throws InterruptedException {
        boolean isThere;
        try {
            Process process =
                    new ProcessBuilder("node", "-e", "process.exit(process.versions.node >= '20' ? 0 : 1)").start();
            isThere = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            isThere = false; // There is no node at all.
        }
        boolean required =
                Boolean.getBoolean("require.interop") || Boolean.parseBoolean(System.getenv("REQUIRE_INTEROP"));
        if (!isThere && required) {
            fail("node 20 is not installed");
        }
        assumeTrue(isThere, "node 20 is not installed");
    }
}
