package live.telemetry.browser;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The files of the browser client, from the class path. */
public final class BrowserClient {

    private static final String FOLDER = "/META-INF/resources/webjars/telemetry-browser/0.1.0-SNAPSHOT/";

    private BrowserClient() {}

    /**
     * Reads a file.
     *
     * @param name {@code telemetry.js} or {@code telemetry.d.ts}
     * @return its bytes, in UTF-8
     * @throws UncheckedIOException if it is not there or cannot be read
     */
    public static byte[] file(String name) {
        try (InputStream in = BrowserClient.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new FileNotFoundException("the browser client has no file " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
