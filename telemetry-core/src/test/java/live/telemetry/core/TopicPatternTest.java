package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopicPatternTest {

    private static final ProtocolVectors VECTORS = ProtocolVectors.load();

    static List<String> valid() {
        return VECTORS.patterns().valid();
    }

    static List<String> invalid() {
        return VECTORS.patterns().invalid();
    }

    static List<ProtocolVectors.Match> matches() {
        return VECTORS.patterns().matches();
    }

    static List<String> topics() {
        return VECTORS.topics().valid();
    }

    @ParameterizedTest
    @MethodSource("valid")
    void validTextIsKeptAsItIs(String text) {
        TopicPattern pattern = TopicPattern.of(text);

        assertThat(pattern.text()).isEqualTo(text);
        assertThat(pattern).hasToString(text);
        assertThat(String.join(".", pattern.tokens())).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void invalidTextIsBadTopic(String text) {
        assertThatThrownBy(() -> TopicPattern.of(text))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TOPIC));
    }

    @ParameterizedTest
    @MethodSource("matches")
    void matchesAsTheTableSays(ProtocolVectors.Match row) {
        assertThat(TopicPattern.of(row.pattern()).matches(Topic.of(row.topic())))
                .isEqualTo(row.matches());
    }

    @ParameterizedTest
    @MethodSource("topics")
    void topicIsAPatternThatMatchesItselfOnly(String name) {
        Topic topic = Topic.of(name);
        TopicPattern pattern = TopicPattern.of(topic);

        assertThat(pattern.isExact()).isTrue();
        assertThat(pattern.exactTopic()).contains(topic);
        assertThat(pattern).isEqualTo(TopicPattern.of(name)).hasSameHashCodeAs(TopicPattern.of(name));
        assertThat(pattern.matches(topic)).isTrue();
        assertThat(pattern.matches(Topic.of("another"))).isFalse();
        assertThat(TopicPattern.ALL.matches(topic)).isTrue();
    }

    @Test
    void wildcardMakesItInexact() {
        for (String text : List.of("*", ">", "a.*", "a.>", "*.a")) {
            assertThat(TopicPattern.of(text).isExact()).as(text).isFalse();
            assertThat(TopicPattern.of(text).exactTopic()).as(text).isEmpty();
        }
    }

    @Test
    void matchesAsARegularExpressionWould() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        int matched = 0;
        int rounds = 20_000;
        for (int i = 0; i < rounds; i++) {
            TopicPattern pattern = randomPattern(random);
            Topic topic = Topic.of(randomTokens(random, "a", "b", "ab", "a-"));
            boolean expected = model(pattern).matcher(topic.name()).matches();

            assertThat(pattern.matches(topic))
                    .as("%s matches %s (-Dtest.seed=%d)", pattern, topic, seed)
                    .isEqualTo(expected);
            if (expected) {
                matched++;
            }
        }
        assertThat(matched).as("a test of both answers").isBetween(rounds / 20, rounds / 2);
    }

    @Test
    void overlapsWhereSomeTopicMatchesBoth() {
        List<Topic> topics = topicsOfUpTo(5, "a", "b");
        List<TopicPattern> patterns = new ArrayList<>();
        for (Topic shape : topicsOfUpTo(3, "a", "b", "any", "rest")) {
            String text = shape.name().replace("any", "*").replace("rest", ">");
            if (text.indexOf('>') < 0 || text.indexOf('>') == text.length() - 1) {
                patterns.add(TopicPattern.of(text));
            }
        }
        for (TopicPattern one : patterns) {
            for (TopicPattern two : patterns) {
                boolean expected = topics.stream().anyMatch(topic -> one.matches(topic) && two.matches(topic));
                assertThat(one.overlaps(two)).as("%s and %s", one, two).isEqualTo(expected);
            }
        }
    }

    private static List<Topic> topicsOfUpTo(int tokens, String... choice) {
        List<String> names = new ArrayList<>(List.of(choice));
        List<String> last = names;
        for (int length = 2; length <= tokens; length++) {
            List<String> longer = new ArrayList<>();
            for (String name : last) {
                for (String token : choice) {
                    longer.add(name + '.' + token);
                }
            }
            names = new ArrayList<>(names);
            names.addAll(longer);
            last = longer;
        }
        return names.stream().map(Topic::of).toList();
    }

    private static TopicPattern randomPattern(Random random) {
        String tokens = randomTokens(random, "a", "b", "ab", "*", "*");
        return TopicPattern.of(random.nextInt(4) == 0 ? tokens + ".>" : tokens);
    }

    private static String randomTokens(Random random, String... choice) {
        List<String> tokens = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            tokens.add(choice[random.nextInt(choice.length)]);
        }
        return String.join(".", tokens);
    }

    private static Pattern model(TopicPattern pattern) {
        return Pattern.compile(pattern.text()
                .codePoints()
                .mapToObj(c -> c == '*' ? "[^.]+" : c == '>' ? ".+" : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining()));
    }
}
