package live.telemetry.server;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An answer as it came over the wire. */
record HttpReply(int status, List<String> lines, String body) {

    static HttpReply of(String head, String body) {
        List<String> lines = Arrays.asList(head.split("\r\n"));
        return new HttpReply(Integer.parseInt(lines.get(0).split(" ")[1]), lines.subList(1, lines.size()), body);
    }

    Optional<String> header(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return lines.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).trim())
                .findFirst();
    }

    JsonObject json() {
        return JsonParser.parseString(body).getAsJsonObject();
    }

    String code() {
        return json().get("code").getAsString();
    }
}
