package live.telemetry.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import live.telemetry.server.WebPages;

/** What the page is made of: its own files, and uPlot from its WebJar. */
final class DashboardFiles {

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private static final List<String> OWN = List.of(
            "app.js",
            "badge.js",
            "board.js",
            "card.js",
            "chart.js",
            "controls.js",
            "data-table.js",
            "describe.js",
            "dom.js",
            "feed.js",
            "format.js",
            "frames.js",
            "lag.js",
            "palette.js",
            "panel.js",
            "settings.js",
            "sparkline.js",
            "store.js",
            "tile.js",
            "time-table.js",
            "time-window.js",
            "token.js",
            "topic.js",
            "views.js",
            "theme.css",
            "page.css",
            "board.css",
            "icon.svg");

    private DashboardFiles() {}

    static WebPages of(Dashboard dashboard) {
        WebPages pages = WebPages.NONE
                .with(WebPages.INDEX, index(dashboard).getBytes(UTF_8))
                .withResource("uPlot.iife.min.js", DashboardFiles.class, UPLOT + "uPlot.iife.min.js")
                .withResource("uPlot.min.css", DashboardFiles.class, UPLOT + "uPlot.min.css");
        for (String name : OWN) {
            pages = pages.withResource(name, DashboardFiles.class, name);
        }
        return pages.withHeader("Content-Security-Policy", policy(dashboard.otherServers()))
                .withHeader("Referrer-Policy", "no-referrer");
    }

    private static String index(Dashboard dashboard) {
        return read("index.html")
                .replace("{{base}}", dashboard.base())
                .replace("{{servers}}", escaped(String.join(" ", dashboard.servers())))
                .replace("{{topics}}", escaped(dashboard.topics()))
                .replace("{{title}}", escaped(dashboard.title()));
    }

    /** Nothing but what the page itself has, and connections to its servers; no script or style that stands in the page. */
    private static String policy(List<URI> otherServers) {
        String connect = Stream.concat(
                        Stream.of("'self'"), otherServers.stream().flatMap(DashboardFiles::sources))
                .distinct()
                .collect(Collectors.joining(" "));
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src " + connect
                + "; base-uri 'self'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'";
    }

    /** A source of http covers no WebSocket (CSP 3, §6.7.2.8, but for the page's own). */
    private static Stream<String> sources(URI server) {
        return Stream.of(server.getScheme(), server.getScheme().replace("http", "ws"))
                .map(scheme -> scheme + "://" + server.getRawAuthority());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }

    private static String read(String name) {
        try (InputStream in = DashboardFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the dashboard's " + name + " is not on the class path");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the dashboard's " + name, e);
        }
    }
}
