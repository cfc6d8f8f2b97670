package live.telemetry.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shipped, and the tests in JavaScript. */
@Timeout(180)
class BrowserClientTest {

    /** What a page has to load. */
    private static final int MAX_GZIPPED = 12_000;

    private static final Path TESTS = Path.of("src", "test", "js");
    private static final Path INSTALLED =
            Path.of(Optional.ofNullable(System.getenv("INTEROP_HOME")).orElse("../telemetry-server/target/interop"));

    @TempDir
    Path directory;

    private static String text(String name) throws IOException {
        return new String(BrowserClient.read(name), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"telemetry.js", "telemetry.d.ts", "package.json", "README.md", "LICENSE"})
    void theFilesAreOnTheClassPath(String name) throws IOException {
        assertThat(text(name)).isNotBlank();
    }

    @Test
    void anotherFileIsNotFound() {
        assertThatThrownBy(() -> BrowserClient.read("other.js")).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void thePackageHasTheVersionOfTheModule() throws IOException {
        assertThat(text("package.json")).contains("\"version\": \"" + BrowserClient.version() + '"');
    }

    @Test
    void theModuleIsSmall() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            gzip.write(BrowserClient.read("telemetry.js"));
        }
        assertThat(bytes.size()).isLessThan(MAX_GZIPPED);
    }

    @Test
    void itsLogicPassesItsTests() throws Exception {
        require(succeeds(List.of("node", "-e", "process.exit(process.versions.node >= '20' ? 0 : 1)")), "node 20");
        try (Stream<Path> files = Files.list(TESTS)) {
            List<String> tests = files.map(Path::toString)
                    .filter(name -> name.endsWith(".test.js"))
                    .toList();
            run(Stream.concat(Stream.of("node", "--test"), tests.stream()).toList());
        }
    }

    @Test
    void itsTypesAreThoseOfItsUse() throws Exception {
        Path compiler = INSTALLED.resolve("typescript/node_modules/typescript/bin/tsc");
        require(Files.exists(compiler), "TypeScript (.ci/interop-setup installs it)");
        run(List.of(
                "node",
                compiler.toString(),
                "--project",
                TESTS.resolve("tsconfig.json").toString()));
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private boolean succeeds(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // It is not there at all.
        }
    }

    private static void require(boolean isThere, String what) {
        boolean required =
                Boolean.getBoolean("require.interop") || Boolean.parseBoolean(System.getenv("REQUIRE_INTEROP"));
        if (!isThere && required) {
            fail(what + " is not installed");
        }
        assumeTrue(isThere, () -> what + " is not installed");
    }
}
