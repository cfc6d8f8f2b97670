package live.telemetry.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import live.telemetry.server.net.http.HeaderField;

/**
 * Pages that a server serves beside its telemetry, such as a dashboard: files by name, held in memory, to be given to {@link
 * TelemetryServerBuilder#pages}. They are served without a token, so they must hold no secrets. Immutable; {@code with…} returns
 * a changed copy.
 *
 * <pre>{@code
 * WebPages.NONE
 *         .withResource("index.html", Shop.class, "/web/index.html")
 *         .withResource("app.js", Shop.class, "/web/app.js")
 *         .withHeader("Content-Security-Policy", "default-src 'self'")
 * }</pre>
 */
public final class WebPages {

    /** The file that is served at the path of the pages itself. */
    public static final String INDEX = "index.html";

    /** No page and no header. */
    public static final WebPages NONE = new WebPages(Map.of(), Map.of());

    /** What the server says about every file by itself. */
    private static final Set<String> RESERVED = Set.of(
            "access-control-allow-origin",
            "access-control-expose-headers",
            "cache-control",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cross-origin-resource-policy",
            "date",
            "etag",
            "transfer-encoding",
            "vary",
            "x-content-type-options");

    private final Map<String, byte[]> files;
    private final Map<String, String> headers;

    private WebPages(Map<String, byte[]> files, Map<String, String> headers) {
        this.files = files;
        this.headers = headers;
    }

    /**
     * Adds a file.
     *
     * @param name such as {@code index.html} or {@code fonts/mono.woff2}; its extension says what it is
     * @param content is copied; texts are UTF-8
     * @return the changed pages
     * @throws IllegalArgumentException if it cannot be a name in a path, or is there already
     */
    public WebPages with(String name, byte[] content) {
        require(
                Stream.of(name.split("/", -1)).allMatch(WebPages::isSegment),
                "a page's name must look like app.js or fonts/mono.woff2: " + name);
        require(!files.containsKey(name), "there is a page of that name already: " + name);
        return new WebPages(and(files, name, content.clone()), headers);
    }

    /**
     * Adds a file from the class path, which is read here and not again.
     *
     * @param name as for {@link #with}
     * @param owner whose class loader finds it
     * @param resource its name, relative to the owner's package unless it begins with a slash
     * @return the changed pages
     * @throws IllegalArgumentException if there is no such resource, or as for {@link #with}
     * @throws UncheckedIOException if it cannot be read
     */
    public WebPages withResource(String name, Class<?> owner, String resource) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            require(in != null, "there is no resource " + resource + " beside " + owner.getName());
            return with(name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + resource, e);
        }
    }

    /**
     * Adds a header field to the answers for all of these files.
     *
     * @param name such as {@code Content-Security-Policy}
     * @param value its value
     * @return the changed pages
     * @throws IllegalArgumentException if it cannot be sent, is there already, or is one that the server sets by itself
     */
    public WebPages withHeader(String name, String value) {
        new HeaderField(name, value).requireSendable();
        require(!RESERVED.contains(name.toLowerCase(Locale.ROOT)), "the server sets this header by itself: " + name);
        require(headers.keySet().stream().noneMatch(name::equalsIgnoreCase), "this header is there already: " + name);
        return new WebPages(files, and(headers, name, value));
    }

    /** By name; nobody changes the bytes. */
    Map<String, byte[]> files() {
        return files;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** A dot would be a way to the directory itself or out of it; browsers resolve such before they ask. */
    private static boolean isSegment(String text) {
        return text.matches("[A-Za-z0-9._~-]+") && !text.equals(".") && !text.equals("..");
    }

    private static <V> Map<String, V> and(Map<String, V> map, String key, V value) {
        Map<String, V> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return Collections.unmodifiableMap(more);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
