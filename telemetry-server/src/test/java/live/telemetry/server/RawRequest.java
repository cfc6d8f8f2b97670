package live.telemetry.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A request of the corpus: its bytes, and the statuses of the answers. The file says how it is written. */
record RawRequest(List<String> statuses, String name, String text) {

    private static final Pattern REPEATED = Pattern.compile("(.)\\{(\\d+)}");

    static List<RawRequest> read(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(RawRequest.class.getResourceAsStream(resource), resource)) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<RawRequest> requests = new ArrayList<>();
            for (String block : all.substring(all.indexOf("\n== ")).split("\n== ")) {
                if (!block.isEmpty()) {
                    requests.add(of(block));
                }
            }
            return requests;
        }
    }

    private static RawRequest of(String block) {
        String title = block.substring(0, block.indexOf('\n'));
        int space = title.indexOf(' ');
        String text = block.substring(title.length() + 1);
        return new RawRequest(
                List.of(title.substring(0, space).split(",")),
                title.substring(space + 1),
                text.replace("\\\n", "").replaceFirst("\\\\$", ""));
    }

    byte[] bytes(String host) {
        String repeated = REPEATED.matcher(text.replace("$HOST", host))
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < repeated.length(); i++) {
            char c = repeated.charAt(i);
            if (c == '\n') {
                bytes.write('\r');
                bytes.write('\n');
            } else if (c == '\\') {
                i += escape(repeated, i + 1, bytes);
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    /** How many characters it takes. */
    private static int escape(String text, int at, ByteArrayOutputStream bytes) {
        switch (text.charAt(at)) {
            case 'r' -> bytes.write('\r');
            case 'n' -> bytes.write('\n');
            case 't' -> bytes.write('\t');
            case '0' -> bytes.write(0);
            case 'x' -> {
                bytes.write(Integer.parseInt(text.substring(at + 1, at + 3), 16));
                return 3;
            }
            default -> throw new IllegalArgumentException("unknown escape in " + text);
        }
        return 1;
    }

    @Override
    public String toString() {
        return name + " → " + statuses;
    }
}
