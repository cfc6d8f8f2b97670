package live.telemetry.server.net.subscription;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.server.net.http.HttpException;

/**
 * The positions of several topics as one text, which fits into a query and a header field as it is. Clients do not look into
 * it.
 *
 * <p>Base64url of: {@value #VERSION}; the number of epochs, and each; the number of topics, and for each, in the order of their
 * names: how many characters its name has in common with the one before, the rest of it, the number of its epoch, its seq.
 * Numbers have seven bits a byte, the lowest first; texts have their length in front. So thousands of topics whose names begin
 * alike take a few bytes each.
 */
final class Cursors {

    private static final int VERSION = 1;

    private Cursors() {}

    static String write(Map<Topic, Position> positions) {
        Map<String, Position> sorted = new TreeMap<>();
        positions.forEach((topic, position) -> sorted.put(topic.name(), position));
        List<String> epochs =
                sorted.values().stream().map(Position::epoch).distinct().toList();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        epochs.forEach(epoch -> numbers.put(epoch, numbers.size()));

        ByteArrayOutputStream out = new ByteArrayOutputStream(16 * (1 + sorted.size()));
        out.write(VERSION);
        number(out, epochs.size());
        epochs.forEach(epoch -> text(out, epoch));
        number(out, sorted.size());
        String before = "";
        for (Map.Entry<String, Position> entry : sorted.entrySet()) {
            String name = entry.getKey();
            int common = commonPrefix(before, name);
            number(out, common);
            text(out, name.substring(common));
            number(out, numbers.get(entry.getValue().epoch()));
            number(out, entry.getValue().seq());
            before = name;
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws HttpException with 400 if it is something else
     */
    static Map<Topic, Position> read(String text) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            if (in.get() != VERSION) {
                throw unreadable();
            }
            List<String> epochs = new ArrayList<>();
            for (long left = number(in); left > 0; left--) {
                epochs.add(text(in));
            }
            Map<Topic, Position> positions = new LinkedHashMap<>();
            String before = "";
            for (long left = number(in); left > 0; left--) {
                String name = before.substring(0, index(in, before.length())) + text(in);
                String epoch = epochs.get(index(in, epochs.size() - 1));
                positions.put(Topic.of(name), new Position(epoch, number(in)));
                before = name;
            }
            if (in.hasRemaining()) {
                throw unreadable();
            }
            return positions;
        } catch (RuntimeException e) {
            // Too short, no Base64, no topic, no position: whatever it is, it did not come from here.
            throw unreadable();
        }
    }

    static HttpException unreadable() {
        return HttpException.badRequest(
                "since is none of start, snapshot, last:<number>, and no cursor that can be read; send a cursor back as it came");
    }

    private static int commonPrefix(String one, String other) {
        int length = Math.min(one.length(), other.length());
        int common = 0;
        while (common < length && one.charAt(common) == other.charAt(common)) {
            common++;
        }
        return common;
    }

    private static void number(ByteArrayOutputStream out, long number) {
        long rest = number;
        while (rest >= 0x80) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = in.get();
            number |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return number;
            }
        }
        throw unreadable();
    }

    private static int index(ByteBuffer in, int most) {
        long number = number(in);
        if (number < 0 || number > most) {
            throw unreadable();
        }
        return (int) number;
    }

    private static void text(ByteArrayOutputStream out, String ascii) {
        number(out, ascii.length());
        out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer in) {
        byte[] ascii = new byte[index(in, in.remaining())];
        in.get(ascii);
        return new String(ascii, StandardCharsets.US_ASCII);
    }
}
