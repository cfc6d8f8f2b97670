package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopicTest {

    private static final ProtocolVectors.Names VECTORS = ProtocolVectors.load().topics();

    static List<String> valid() {
        return VECTORS.valid();
    }

    static List<String> invalid() {
        return VECTORS.invalid();
    }

    @ParameterizedTest
    @MethodSource("valid")
    void validNameIsKeptAsItIs(String name) {
        assertThat(Topic.of(name).name()).isEqualTo(name);
        assertThat(Topic.of(name)).hasToString(name);
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void invalidNameIsBadTopic(String name) {
        assertThatThrownBy(() -> Topic.of(name))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_TOPIC));
    }

    @Test
    void everyCharacterIsEitherNamedByTheGrammarOrRefused() {
        String allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-:/";
        for (char c = 0; c < 0x300; c++) {
            assertThat(isValid("a" + c + "b")).as("U+%04X", (int) c).isEqualTo(c == '.' || allowed.indexOf(c) >= 0);
        }
    }

    @Test
    void messageSaysWhatIsWrongAndWhere() {
        assertThatThrownBy(() -> Topic.of("host.c pu")).hasMessageContaining("U+0020 at 6");
        assertThatThrownBy(() -> Topic.of("host.c,pu")).hasMessageContaining("',' at 6");
        assertThatThrownBy(() -> Topic.of("host..cpu")).hasMessageContaining("empty token");
        assertThatThrownBy(() -> Topic.of("host.*")).hasMessageContaining("is a pattern");
        assertThatThrownBy(() -> Topic.of("a".repeat(256))).hasMessageContaining("1 to 255 characters, not 256");
    }

    @Test
    void messageShowsOnlyTheBeginningOfALongName() {
        assertThatThrownBy(() -> Topic.of("a".repeat(100_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void topicsAreOrderedByName() {
        assertThat(Stream.of("b", "a.b", "a", "a-").map(Topic::of).sorted())
                .extracting(Topic::name)
                .containsExactly("a", "a-", "a.b", "b");
    }

    private static boolean isValid(String name) {
        try {
            Topic.of(name);
            return true;
        } catch (TelemetryException e) {
            return false;
        }
    }
}
