package live.telemetry.core;

import com.google.gson.Gson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code docs/protocol/vectors.json}, which every client of the protocol is tested with; its README has the format. */
public record ProtocolVectors(
        String protocol, List<Message> valid, List<Message> invalid, Names topics, Patterns patterns, Names epochs) {

    public record Message(
            String name,
            String direction,
            String json,
            @Nullable String canonical,
            @Nullable String code,
            @Nullable Long id) {

        public String canonicalOrSame() {
            return canonical == null ? json : canonical;
        }

        public boolean isFromClient() {
            return switch (direction) {
                case "client" -> true;
                case "server" -> false;
                default -> throw new IllegalStateException("direction of \"" + name + "\": " + direction);
            };
        }

        @Override
        public String toString() {
            return direction + " · " + name;
        }
    }

    public record Names(List<String> valid, List<String> invalid) {}

    public record Patterns(List<String> valid, List<String> invalid, List<Match> matches) {}

    public record Match(String pattern, String topic, boolean matches) {}

    /** Gson directly: the code under test must not read its own examination paper. */
    public static ProtocolVectors load() {
        return new Gson().fromJson(ProjectDocs.read("protocol/vectors.json"), ProtocolVectors.class);
    }
}
