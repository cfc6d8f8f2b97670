package live.telemetry.examples.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A Redis in memory on a free port: the {@code redis-server} on the path, or else the embedded one. */
public final class DemoRedis implements AutoCloseable {

    private final Path directory;
    private final int port;
    private final boolean installed;
    private final Process process;

    private DemoRedis(Path directory) throws IOException {
        this.directory = directory;
        Optional<Path> onPath = onPath();
        this.installed = onPath.isPresent();
        Path executable = installed ? onPath.get() : embedded(directory);
        this.port = FreePorts.find(1).get(0);
        this.process = new ProcessBuilder(
                        executable.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        directory.toString(),
                        "--save",
                        "",
                        "--maxmemory-policy",
                        "noeviction")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /**
     * Starts one, and does not wait until it answers: nodes do.
     *
     * @return one that was started
     * @throws IOException if it cannot be
     */
    public static DemoRedis start() throws IOException {
        return new DemoRedis(Files.createTempDirectory("telemetry-cluster-demo"));
    }

    private static Optional<Path> onPath() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path embedded(Path directory) throws IOException {
        return ExecutableProvider.newJarResourceProvider(directory.toFile())
                .get()
                .toPath();
    }

    /**
     * Where it is.
     *
     * @return {@code redis://127.0.0.1:PORT}
     */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public String toString() {
        return (installed ? "the installed Redis" : "the embedded Redis") + " at " + uri();
    }

    /** Ends it, and deletes what it wrote. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            System.err.println("left behind: " + directory + ": " + e.getMessage());
        }
    }
}
