package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import live.telemetry.client.transport.TransportEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InboxTest {

    private static final ClientLimits LIMITS = new ClientLimits(1024, 10, 1000, 10, 1000, 10);

    private final Inbox inbox = new Inbox(LIMITS);

    @Test
    void endComesAfterTheMessages() {
        inbox.put("a");
        inbox.putEnd(TransportEnd.closed(1001, "first"));
        inbox.putEnd(TransportEnd.closed(1002, "second"));
        assertThat(inbox.end()).isNull();
        assertThat(inbox.poll()).isEqualTo("a");
        assertThat(inbox.poll()).isNull();
        assertThat(inbox.end()).isEqualTo(TransportEnd.closed(1001, "first"));
    }

    @Test
    void isFullByNumberOrBySize() {
        for (int i = 0; i < LIMITS.inboxMessages(); i++) {
            assertThat(inbox.isFull()).isFalse();
            inbox.put("a");
        }
        assertThat(inbox.isFull()).isTrue();
        Inbox large = new Inbox(LIMITS);
        large.put("a".repeat((int) LIMITS.inboxChars()));
        assertThat(large.isFull()).isTrue();
        large.poll();
        assertThat(large.isFull()).isFalse();
    }

    @Test
    void readerWaitsForRoom() throws InterruptedException {
        for (int i = 0; i < LIMITS.inboxMessages(); i++) {
            inbox.put("a");
        }
        Thread reader = new Thread(() -> inbox.put("last"));
        reader.start();
        await().until(() -> reader.getState() == Thread.State.WAITING);
        inbox.poll();
        reader.join();
        String last = null;
        for (String next = inbox.poll(); next != null; next = inbox.poll()) {
            last = next;
        }
        assertThat(last).isEqualTo("last");
    }

    @Test
    void closingLetsTheReaderGo() throws InterruptedException {
        for (int i = 0; i < LIMITS.inboxMessages(); i++) {
            inbox.put("a");
        }
        Thread reader = new Thread(() -> inbox.put("last"));
        reader.start();
        await().until(() -> reader.getState() == Thread.State.WAITING);
        inbox.close();
        reader.join();
        assertThat(inbox.poll()).isNull();
    }
}
