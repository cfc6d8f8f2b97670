package live.telemetry.browser;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The browser client as it lies on the class path. It is in the place of a WebJar too, {@code
 * META-INF/resources/webjars/telemetry-browser/<version>/}, so that many web servers serve it by themselves.
 */
public final class BrowserClient {

    private static final String WEBJARS = "/META-INF/resources/webjars/telemetry-browser/";

    private BrowserClient() {}

    /**
     * The version of the client, as in its {@code package.json}.
     *
     * @return such as {@code 0.1.0}
     * @throws IOException if the class path cannot be read
     */
    public static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = open("/live/telemetry/browser/version.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    /**
     * Reads a file of the client.
     *
     * @param name {@code telemetry.js}, {@code telemetry.d.ts}, {@code package.json}, {@code README.md} or {@code LICENSE}
     * @return its bytes; text is UTF-8
     * @throws FileNotFoundException if there is no such file
     * @throws IOException if the class path cannot be read
     */
    public static byte[] read(String name) throws IOException {
        try (InputStream in = open(WEBJARS + version() + '/' + name)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(String path) throws FileNotFoundException {
        InputStream in = BrowserClient.class.getResourceAsStream(path);
        if (in == null) {
            throw new FileNotFoundException(path);
        }
        return in;
    }
}
