package live.telemetry.dashboard;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import live.telemetry.core.TopicPattern;
import live.telemetry.server.TelemetryServerBuilder;
import live.telemetry.server.WebPages;

/**
 * A page that shows every topic of a server as it changes: tiles, charts, tables. It finds topics by itself, needs no JavaScript of
 * the application, and loads nothing from elsewhere. Immutable; {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * TelemetryServer.builder().pages("/", Dashboard.pages())…
 * }</pre>
 *
 * <p>It is served without a token. Where the server wants one, it is handed over in the fragment of the address, which goes to no
 * server: {@code http://127.0.0.1:8080/#token=…}. The page takes it out of the address, and keeps it for its tab only.
 *
 * @param path where it is served: what is given to {@link TelemetryServerBuilder#pages}, such as {@code /} or {@code /dashboard}
 * @param telemetryPath the server's own, see {@link TelemetryServerBuilder#path}
 * @param title what it is called
 * @param topics a topic or pattern: what is shown unless the query says otherwise, {@code ?topics=host.>}
 * @param otherServers further nodes of a cluster, such as {@code http://10.0.0.6:8080/telemetry}, to which the page goes when its own
 *     is away; each has to allow the page's origin ({@link TelemetryServerBuilder#allowedOrigins}). None is needed behind a load balancer.
 */
public record Dashboard(String path, String telemetryPath, String title, String topics, List<URI> otherServers) {

    /** At the root, of all topics. */
    public static final Dashboard DEFAULT =
            new Dashboard("/", TelemetryServerBuilder.DEFAULT_PATH, "Telemetry Live", ">", List.of());

    /**
     * Validates all of it.
     *
     * @throws IllegalArgumentException that says what is wrong
     * @throws live.telemetry.core.TelemetryException with {@code BAD_TOPIC} if {@code topics} is no pattern
     */
    public Dashboard {
        require(path.matches("/|(/[A-Za-z0-9._~-]+)+"), "path must look like /dashboard, or be /: " + path);
        require(
                telemetryPath.matches("(/[A-Za-z0-9._~-]+)+"),
                "telemetryPath must look like /telemetry: " + telemetryPath);
        require(!title.isBlank(), "title must not be blank");
        TopicPattern.of(topics);
        otherServers = List.copyOf(otherServers);
        otherServers.forEach(server -> require(
                server.getHost() != null && String.valueOf(server.getScheme()).matches("https?"),
                "a server must look like https://host/telemetry: " + server));
    }

    /**
     * The page as it is by default, to be served at {@code /}.
     *
     * @return what {@link TelemetryServerBuilder#pages} takes
     */
    public static WebPages pages() {
        return DEFAULT.toPages();
    }

    /**
     * The same at another path.
     *
     * @param at what is given to {@link TelemetryServerBuilder#pages} too
     * @return the changed dashboard
     */
    public Dashboard withPath(String at) {
        return new Dashboard(at, telemetryPath, title, topics, otherServers);
    }

    /**
     * The same for a server whose own path is not the default.
     *
     * @param base see {@link TelemetryServerBuilder#path}
     * @return the changed dashboard
     */
    public Dashboard withTelemetryPath(String base) {
        return new Dashboard(path, base, title, topics, otherServers);
    }

    /**
     * The same under another title.
     *
     * @param text not blank
     * @return the changed dashboard
     */
    public Dashboard withTitle(String text) {
        return new Dashboard(path, telemetryPath, text, topics, otherServers);
    }

    /**
     * The same with other topics.
     *
     * @param pattern a topic or pattern, such as {@code app.>}
     * @return the changed dashboard
     */
    public Dashboard withTopics(String pattern) {
        return new Dashboard(path, telemetryPath, title, pattern, otherServers);
    }

    /**
     * The same with other nodes to go to.
     *
     * @param servers see {@link #otherServers}
     * @return the changed dashboard
     */
    public Dashboard withOtherServers(URI... servers) {
        return new Dashboard(path, telemetryPath, title, topics, List.of(servers));
    }

    /**
     * The files of the page. They are read from the class path here, and not again.
     *
     * @return what {@link TelemetryServerBuilder#pages} takes
     */
    public WebPages toPages() {
        return DashboardFiles.of(this);
    }

    /** All addresses in the page are relative to it, so that a proxy may serve it under a prefix. */
    String base() {
        return path.equals("/") ? "./" : path.substring(path.lastIndexOf('/') + 1) + "/";
    }

    /** The server of the page first, as seen from {@link #base}. */
    List<String> servers() {
        int depth =
                path.equals("/") ? 0 : (int) path.chars().filter(c -> c == '/').count();
        String own = "../".repeat(depth) + telemetryPath.substring(1);
        return Stream.concat(Stream.of(own), otherServers.stream().map(URI::toString))
                .toList();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
