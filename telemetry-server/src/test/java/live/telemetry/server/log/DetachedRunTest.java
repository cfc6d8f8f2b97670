package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetachedRunTest {

    private final DetachedRun run = new DetachedRun(7, List.of(new byte[] {1, 2}, new byte[0], new byte[] {3}));

    @Test
    void framesLieOneBehindTheOther() {
        assertThat(run.firstSeq()).isEqualTo(7);
        assertThat(run.lastSeq()).isEqualTo(9);
        assertThat(run.startOf(7)).isZero();
        assertThat(run.endOf(7)).isEqualTo(2);
        assertThat(run.startOf(8)).isEqualTo(2);
        assertThat(run.endOf(8)).isEqualTo(2);
        assertThat(run.startOf(9)).isEqualTo(2);
        assertThat(run.endOf(9)).isEqualTo(3);
        assertThat(run.view(0)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    @Test
    void readersDoNotShareAPosition() {
        ByteBuffer mine = run.view(0);
        mine.position(2);

        assertThat(run.view(0).position()).isZero();
        assertThat(run.view(1).position()).isZero();
    }
}
