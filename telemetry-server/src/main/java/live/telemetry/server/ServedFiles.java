package live.telemetry.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.browser.BrowserClient;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.files.FileEndpoint;
import live.telemetry.server.net.http.HeaderField;

/** The pages of an application and the browser client, by the path at which each file is served. */
final class ServedFiles {

    private final Map<String, Endpoint> files = new LinkedHashMap<>();

    ServedFiles() {}

    ServedFiles(ServedFiles other) {
        files.putAll(other.files);
    }

    /** The index at the path itself, every file below it. */
    void add(String path, WebPages pages) {
        Map<String, Endpoint> added = new LinkedHashMap<>();
        String folder = path.endsWith("/") ? path : path + "/";
        List<HeaderField> headers = pages.headers().entrySet().stream()
                .map(header -> new HeaderField(header.getKey(), header.getValue()))
                .toList();
        pages.files().forEach((name, content) -> {
            Endpoint file = new FileEndpoint(name, content, headers);
            added.put(folder + name, file);
            if (name.equals(WebPages.INDEX)) {
                added.put(path, file);
            }
        });
        added.keySet().stream().filter(files::containsKey).findFirst().ifPresent(taken -> {
            throw new IllegalArgumentException("two pages are to be served at " + taken);
        });
        files.putAll(added);
    }

    /** The path of telemetry, and what is below it, is its own. */
    void requireOutside(String telemetry) {
        for (String path : files.keySet()) {
            if (path.equals(telemetry) || path.startsWith(telemetry + "/")) {
                throw new IllegalStateException("the page at " + path + " is in the way of telemetry, which has "
                        + telemetry + " and all below it; choose another path for either");
            }
        }
    }

    /** The browser client of this version, below the path of telemetry. */
    static Map<String, Endpoint> browserClient(String telemetry) {
        Map<String, Endpoint> client = new LinkedHashMap<>();
        for (String name : List.of("telemetry.js", "telemetry.d.ts")) {
            try {
                client.put(telemetry + "/" + name, new FileEndpoint(name, BrowserClient.read(name), List.of()));
            } catch (IOException e) {
                throw new UncheckedIOException("the browser client is not complete on the class path", e);
            }
        }
        return client;
    }

    Map<String, Endpoint> endpoints() {
        return files;
    }
}
