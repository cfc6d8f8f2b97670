package live.telemetry.server.net.poll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerMemoryTest {

    @Test
    void whilePeersDoNotTakeTheirAnswersFurtherOnesAreSmall() {
        AnswerMemory memory = new AnswerMemory(100);
        assertThat(memory.nextBytes()).isEqualTo(AnswerMemory.LARGE_BYTES);
        Runnable gone = memory.use(60);
        assertThat(memory.nextBytes()).isEqualTo(AnswerMemory.LARGE_BYTES);
        memory.use(60);
        assertThat(memory.nextBytes()).isEqualTo(AnswerMemory.SMALL_BYTES);
        gone.run();
        assertThat(memory.usedBytes()).isEqualTo(60);
        assertThat(memory.nextBytes()).isEqualTo(AnswerMemory.LARGE_BYTES);
    }
}
