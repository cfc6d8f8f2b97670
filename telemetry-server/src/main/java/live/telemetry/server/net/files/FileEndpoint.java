package live.telemetry.server.net.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.http.HeaderField;
import live.telemetry.server.net.http.HttpMethod;

/**
 * One file, for everybody whom the rules about origin and host let in: it holds no secrets, and a page has to load before it can
 * show a token. A browser keeps it and asks each time whether it has changed, so that it runs the client of the server it talks to.
 */
public final class FileEndpoint implements Endpoint {

    private static final List<HeaderField> ALWAYS = List.of(
            new HeaderField("Cache-Control", "no-cache"),
            // To pages of allowed origins it is answered with the fields of CORS.
            new HeaderField("Vary", "Accept-Encoding, Origin"),
            new HeaderField("X-Content-Type-Options", "nosniff"),
            // Another origin gets it by CORS, which asks who it is, or not at all.
            new HeaderField("Cross-Origin-Resource-Policy", "same-origin"));

    private final Representation plain;
    /** The same as {@link #plain} where nothing is gained. */
    private final Representation gzipped;

    /**
     * A file, which is compressed here and not again.
     *
     * @param name of which the extension says what it is
     * @param content not to be changed afterwards
     * @param headers further fields of every answer
     */
    public FileEndpoint(String name, byte[] content, List<HeaderField> headers) {
        String mediaType = MediaType.of(name);
        List<HeaderField> fields = new ArrayList<>(ALWAYS);
        fields.addAll(headers);
        plain = new Representation(mediaType, content, fields);
        byte[] smaller = gzip(content);
        if (smaller.length < content.length) {
            fields.add(new HeaderField("Content-Encoding", "gzip"));
            gzipped = new Representation(mediaType, smaller, fields);
        } else {
            gzipped = plain;
        }
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.GET, HttpMethod.HEAD);
    }

    @Override
    public boolean needsToken() {
        return false;
    }

    @Override
    public void serve(Exchange exchange) {
        Representation fitting = exchange.head().fields().acceptsCoding("gzip") ? gzipped : plain;
        exchange.answer(fitting.answerTo(exchange.head()));
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
