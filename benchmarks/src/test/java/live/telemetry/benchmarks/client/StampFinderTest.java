package live.telemetry.benchmarks.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StampFinderTest {

    private final StampFinder finder = new StampFinder();

    @Test
    void findsTheTimeWhereverItStands() {
        assertThat(
                        stamps(
                                "{\"type\":\"data\",\"topic\":\"load.0\",\"seq\":9,\"ts\":1,\"data\":{\"t\":123,\"pad\":\"x\"}}"))
                .containsExactly(123L);
        // One digit more: it is not where the last one was.
        assertThat(
                        stamps(
                                "{\"type\":\"data\",\"topic\":\"load.0\",\"seq\":10,\"ts\":1,\"data\":{\"t\":124,\"pad\":\"x\"}}"))
                .containsExactly(124L);
        assertThat(
                        stamps(
                                "{\"type\":\"data\",\"topic\":\"load.0\",\"seq\":11,\"ts\":1,\"data\":{\"t\":125,\"pad\":\"x\"}}"))
                .containsExactly(125L);
    }

    @Test
    void findsOneAfterTheOther() {
        assertThat(stamps("[{\"data\":{\"t\":1}},{\"data\":{\"t\":22}},{\"seq\":1,\"data\":{\"t\":333}}]"))
                .containsExactly(1L, 22L, 333L);
    }

    @Test
    void findsNoneInOtherEnvelopes() {
        assertThat(stamps("{\"type\":\"subscribed\",\"id\":1,\"topic\":\"load.0\"}"))
                .isEmpty();
        assertThat(stamps("{\"data\":{\"t\"")).isEmpty();
        assertThat(stamps("")).isEmpty();
    }

    private List<Long> stamps(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        List<Long> found = new ArrayList<>();
        for (int from = 0; finder.find(bytes, from, bytes.length); from = finder.end()) {
            found.add(finder.stamp());
        }
        return found;
    }
}
