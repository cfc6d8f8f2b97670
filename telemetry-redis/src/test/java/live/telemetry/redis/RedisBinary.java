package live.telemetry.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * An executable to test against.
 *
 * @param name says which in the names of tests
 * @param path of the executable
 */
record RedisBinary(String name, Path path) {

    /** Names another executable than the one on the path. */
    static final String PROPERTY = "redis.server.binary";

    private static @Nullable RedisBinary embedded;

    /** Every one that there is: the embedded one, and an installed one. */
    static List<RedisBinary> all() {
        List<RedisBinary> all = new ArrayList<>();
        all.add(embedded());
        Path installed = installed();
        if (installed != null) {
            all.add(new RedisBinary("installed", installed));
        }
        return all;
    }

    static boolean isInstalled() {
        return installed() != null;
    }

    /** The newest that there is. */
    static RedisBinary preferred() {
        List<RedisBinary> all = all();
        return all.get(all.size() - 1);
    }

    /** Redis 6.2, from the embedded-redis package; unpacked once, away from the source tree. */
    static synchronized RedisBinary embedded() {
        if (embedded == null) {
            try {
                Path directory = Files.createTempDirectory("redis-server");
                // Deleted in the reverse order of this: the file, which the provider registers, goes first.
                directory.toFile().deleteOnExit();
                File executable = ExecutableProvider.newJarResourceProvider(directory.toFile())
                        .get();
                executable.deleteOnExit();
                embedded = new RedisBinary("6.2", executable.toPath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return embedded;
    }

    private static @Nullable Path installed() {
        String named = System.getProperty(PROPERTY);
        if (named != null && !named.isEmpty()) {
            return Path.of(named);
        }
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            Path candidate = Path.of(directory, "redis-server");
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
