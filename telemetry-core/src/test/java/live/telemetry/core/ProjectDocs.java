package live.telemetry.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The repository's {@code docs} folder, found upwards from the compiled classes: the working directory does not matter. */
public final class ProjectDocs {

    private ProjectDocs() {}

    public static String read(String name) {
        try {
            Path classes = Path.of(ProjectDocs.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path directory = classes; directory != null; directory = directory.getParent()) {
                Path file = directory.resolve("docs").resolve(name);
                if (Files.exists(file)) {
                    return Files.readString(file);
                }
            }
            throw new IllegalStateException("no docs/" + name + " above " + classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
