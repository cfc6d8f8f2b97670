package live.telemetry.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A temporary directory of this process, which is deleted when it ends. */
final class ScratchDirectory {

    private static @Nullable Path directory;

    private ScratchDirectory() {}

    static synchronized Path get() throws IOException {
        Path known = directory;
        if (known == null) {
            Path made = Files.createTempDirectory("telemetry-benchmarks");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            directory = made;
            known = made;
        }
        return known;
    }

    private static void delete(Path made) {
        try (Stream<Path> files = Files.list(made)) {
            List<Path> found = files.toList();
            for (Path file : found) {
                Files.delete(file);
            }
            Files.delete(made);
        } catch (IOException e) {
            System.err.println("could not delete " + made + ": " + e);
        }
    }
}
