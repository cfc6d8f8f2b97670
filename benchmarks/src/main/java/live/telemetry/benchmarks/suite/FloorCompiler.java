package live.telemetry.benchmarks.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compiles {@code floor.c}, once, where there is a C compiler. */
final class FloorCompiler {

    private static @Nullable Optional<Path> compiled;

    private FloorCompiler() {}

    static synchronized Optional<Path> binary() throws IOException, InterruptedException {
        Optional<Path> known = compiled;
        if (known == null) {
            known = compile();
            compiled = known;
        }
        return known;
    }

    private static Optional<Path> compile() throws IOException, InterruptedException {
        Path directory = ScratchDirectory.get();
        Path source = directory.resolve("floor.c");
        Path binary = directory.resolve("floor");
        try (InputStream resource = FloorCompiler.class.getResourceAsStream("/native/floor.c")) {
            if (resource == null) {
                throw new IOException("native/floor.c is not on the class path");
            }
            Files.copy(resource, source);
        }
        try {
            Process cc = new ProcessBuilder("cc", "-O2", "-o", binary.toString(), source.toString())
                    .inheritIO()
                    .start();
            return cc.waitFor() == 0 ? Optional.of(binary) : Optional.empty();
        } catch (IOException e) {
            // No such program.
            return Optional.empty();
        }
    }
}
