package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TokenSourceTest {

    @Test
    void whoAsksMeanwhileGetsTheSame() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        TokenSource tokens = TokenSource.asynchronous(() -> answer);
        assertThat(tokens.next()).isSameAs(tokens.next());
        answer.complete("token");
        assertThat(tokens.next()).isCompletedWithValue("token");
    }

    @Test
    void aSupplierThatHangsIsInterruptedWhenItIsGivenUp() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        TokenSource tokens = TokenSource.blocking(() -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "late";
        });
        CompletableFuture<String> first = tokens.next();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        tokens.abandon();
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(tokens.next()).isNotSameAs(first);
        tokens.abandon();
    }

    @Test
    void whatTheSupplierSaysIsNotRepeated() {
        TokenSource tokens = TokenSource.asynchronous(() -> {
            throw new IllegalStateException("secret");
        });
        assertThatThrownBy(() -> tokens.next().join()).cause().hasMessageNotContaining("secret");
    }
}
