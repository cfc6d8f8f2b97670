package live.telemetry.server.net.subscription;

import java.util.List;
import java.util.Optional;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.QueryParameters;
import live.telemetry.server.net.subscription.SubscriptionRequest.Asked;

/** What the query of a {@code GET} asks for: {@code topic=a&topic=b.>&since=…&mode=…&maxRate=…&ids=…&wait=…}. */
final class QueryReader {

    private QueryReader() {}

    static Asked read(QueryParameters query) {
        // What a client has of its first request is often an empty text.
        Optional<String> text = single(query, "since").filter(since -> !since.isEmpty());
        Optional<Since> word = text.flatMap(SinceText::word);
        Mode mode = mode(query);
        List<Subscribe> topics = query.all("topic").stream()
                .map(TopicPattern::of)
                .map(pattern -> new Subscribe(null, pattern, word.orElse(Since.NOW), mode))
                .toList();
        return new Asked(
                topics,
                word.isPresent() ? null : text.orElse(null),
                single(query, "ids").map(QueryReader::bool).orElse(true),
                Waits.of(single(query, "wait").map(value -> decimal(value, "wait"))));
    }

    private static Mode mode(QueryParameters query) {
        Optional<Double> maxRate = single(query, "maxRate").map(value -> decimal(value, "maxRate"));
        switch (single(query, "mode").orElse("all")) {
            case "conflated" -> {
                try {
                    return Mode.conflated(maxRate.orElse(Mode.DEFAULT_RATE));
                } catch (IllegalArgumentException e) {
                    throw HttpException.badRequest(String.valueOf(e.getMessage()));
                }
            }
            case "all" -> {
                if (maxRate.isPresent()) {
                    throw HttpException.badRequest("maxRate fits only mode=conflated");
                }
                return Mode.ALL;
            }
            default -> throw HttpException.badRequest("mode must be all or conflated");
        }
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw HttpException.badRequest("ids must be true or false");
        };
    }

    private static double decimal(String text, String name) {
        // Not all that parseDouble takes: it knows NaN and hexadecimal numbers.
        boolean plain = text.length() <= 20 && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.');
        try {
            if (plain) {
                return Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            throw notANumber(name);
        }
        throw notANumber(name);
    }

    private static HttpException notANumber(String name) {
        return HttpException.badRequest(name + " must be a number");
    }

    private static Optional<String> single(QueryParameters query, String name) {
        List<String> values = query.all(name);
        if (values.size() > 1) {
            throw HttpException.badRequest(name + " must occur once; a body has it for each topic");
        }
        return values.stream().findFirst();
    }
}
