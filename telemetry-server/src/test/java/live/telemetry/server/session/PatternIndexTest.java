package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.junit.jupiter.api.Test;

class PatternIndexTest {

    private static final String[] TOKENS = {"a", "b", "aa", "-", ":"};

    private record Entry(TopicPattern pattern, int number) {}

    @Test
    void findsWhatTheGrammarOfPatternsMatches() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            PatternIndex<Entry> index = new PatternIndex<>();
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                if (random.nextInt(3) == 0 && !entries.isEmpty()) {
                    Entry removed = entries.remove(random.nextInt(entries.size()));
                    index.remove(removed.pattern(), removed);
                } else {
                    Entry added = new Entry(TopicPattern.of(text(random, true)), i);
                    entries.add(added);
                    index.add(added.pattern(), added);
                }
                Topic topic = Topic.of(text(random, false));
                assertThat(index.matching(topic))
                        .as("seed %d, step %d, topic %s", seed, i, topic)
                        .containsExactlyInAnyOrderElementsOf(entries.stream()
                                .filter(entry -> entry.pattern().matches(topic))
                                .toList());
                assertThat(index.size()).isEqualTo(entries.size());
            }
            entries.forEach(entry -> index.remove(entry.pattern(), entry));
            assertThat(index.size()).isZero();
        }
    }

    private static String text(Random random, boolean pattern) {
        int tokens = 1 + random.nextInt(4);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens; i++) {
            boolean last = i == tokens - 1;
            int kind = pattern ? random.nextInt(5) : 0;
            String token = kind == 1 ? "*" : kind == 2 && last ? ">" : TOKENS[random.nextInt(TOKENS.length)];
            text.append(i == 0 ? "" : ".").append(token);
        }
        return text.toString();
    }

    @Test
    void removesOneEntryOfAPatternAtATime() {
        PatternIndex<String> index = new PatternIndex<>();
        TopicPattern pattern = TopicPattern.of("a.*");
        index.add(pattern, "x");
        index.add(pattern, "y");
        index.remove(pattern, "x");
        index.remove(pattern, "x");
        index.remove(TopicPattern.of("a.b"), "y");
        assertThat(index.matching(Topic.of("a.b"))).containsExactly("y");
        assertThat(index.size()).isOne();
    }
}
