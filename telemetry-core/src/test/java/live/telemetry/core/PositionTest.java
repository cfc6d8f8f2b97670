package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    private static final ProtocolVectors.Names EPOCHS = ProtocolVectors.load().epochs();

    static List<String> validEpochs() {
        return EPOCHS.valid();
    }

    static List<String> invalidEpochs() {
        return EPOCHS.invalid();
    }

    @ParameterizedTest
    @MethodSource("validEpochs")
    void validEpochIsAccepted(String epoch) {
        assertThat(Position.isEpoch(epoch)).isTrue();
        assertThat(new Position(epoch, 7)).hasToString(epoch + ":7");
    }

    @ParameterizedTest
    @MethodSource("invalidEpochs")
    void invalidEpochIsRefused(String epoch) {
        assertThat(Position.isEpoch(epoch)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new Position(epoch, 7));
    }

    @Test
    void numbersAreThoseThatABrowserHoldsExactly() {
        assertThat(new Position("e", 0).seq()).isZero();
        assertThat(new Position("e", (1L << 53) - 1).seq()).isEqualTo(9_007_199_254_740_991L);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Position("e", 1L << 53))
                .withMessageContaining("2^53");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Position("e", -1))
                .withMessageContaining("-1");
    }

    @Test
    void withoutAnEpochThereIsOnlyZero() {
        assertThat(new Position("", 0)).isEqualTo(Position.NONE).hasToString(":0");
        assertThatIllegalArgumentException().isThrownBy(() -> new Position("", 1));
    }

    @Test
    void isReadAsItIsWritten() {
        for (Position position : List.of(Position.NONE, new Position("k3x-9_", 0), new Position("e", (1L << 53) - 1))) {
            assertThat(Position.parse(position.toString())).isEqualTo(position);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "e", ":", "e:", "e:x", "e:-1", "e 1:2", "e:1:2", ":1", "last:5"})
    void otherTextIsNoPosition(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Position.parse(text));
    }

    @Test
    void messageShowsOnlyTheBeginningOfALongEpoch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Position("e".repeat(100_000), 1))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }
}
