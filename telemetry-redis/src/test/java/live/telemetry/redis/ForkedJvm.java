package live.telemetry.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A main class of the tests in a process of its own, which can be killed. What it prints can be read here, line by line. */
final class ForkedJvm implements AutoCloseable {

    private final Process process;
    private final BufferedReader lines;

    ForkedJvm(Class<?> main, String... arguments) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(
                        java.toString(), "-cp", System.getProperty("java.class.path"), main.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.command().addAll(List.of(arguments));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lines = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** What it printed next; null at its end. */
    @Nullable
    String readLine() {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9}; what it printed last can still be read. */
    void kill() {
        // The handle's way leaves the stream open.
        process.toHandle().destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        try (lines) {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("it lives on: " + process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
