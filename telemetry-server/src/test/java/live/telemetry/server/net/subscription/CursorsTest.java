package live.telemetry.server.net.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.server.net.http.HttpException;
import org.junit.jupiter.api.Test;

class CursorsTest {

    @Test
    void whatIsWrittenIsReadAgain() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            Map<Topic, Position> positions = new HashMap<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                Position position = random.nextInt(6) == 0
                        ? Position.NONE
                        : new Position("e" + random.nextInt(3), random.nextLong(Position.SEQ_LIMIT));
                positions.put(topic(random), position);
            }
            String text = Cursors.write(positions);
            assertThat(text).as("seed %d", seed).matches("[A-Za-z0-9_-]+");
            assertThat(Cursors.read(text)).as("seed %d", seed).isEqualTo(positions);
        }
    }

    private static Topic topic(Random random) {
        StringBuilder name = new StringBuilder("t");
        for (int i = random.nextInt(4); i > 0; i--) {
            name.append(random.nextBoolean() ? "." : "").append("abc:/_-9".charAt(random.nextInt(8)));
        }
        return Topic.of(name.toString());
    }

    @Test
    void equalPositionsAreEqualTexts() {
        Map<Topic, Position> one = new HashMap<>();
        Map<Topic, Position> other = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            one.put(Topic.of("t." + i), new Position("e" + i % 3, i));
            other.put(Topic.of("t." + (49 - i)), new Position("e" + (49 - i) % 3, 49 - i));
        }
        assertThat(Cursors.write(one)).isEqualTo(Cursors.write(other));
    }

    @Test
    void topicsThatBeginAlikeTakeAFewBytesEach() {
        Map<Topic, Position> positions = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            positions.put(Topic.of("plant.hall-3.machine." + i + ".temperature"), new Position("k3x9", 1_000_000 + i));
        }
        assertThat(Cursors.write(positions)).hasSizeLessThan(26 * positions.size());
    }

    @Test
    void whatWasCutOrChangedIsRefusedAndNeverAnotherKindOfFault() {
        Map<Topic, Position> positions =
                Map.of(Topic.of("host.cpu"), new Position("k3x9", 41), Topic.of("host.mem"), new Position("k3x9", 7));
        byte[] good = Base64.getUrlDecoder().decode(Cursors.write(positions));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> Cursors.read(Base64.getUrlEncoder().encodeToString(cut)))
                    .isInstanceOf(HttpException.class);
        }
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = good.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            try {
                Cursors.read(Base64.getUrlEncoder().withoutPadding().encodeToString(changed));
            } catch (HttpException e) {
                assertThat(e.code().httpStatus()).isEqualTo(400);
            }
        }
    }
}
