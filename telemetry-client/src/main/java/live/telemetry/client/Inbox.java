package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.Queue;
import live.telemetry.client.transport.TransportEnd;
import org.jspecify.annotations.Nullable;

/**
 * What a transport has read and the loop has not handled. Bounded: at the bound the transport's thread waits, so that the
 * client stops reading and the server notices a slow consumer. Shared by the two threads under its monitor.
 */
final class Inbox {

    private final int maxMessages;
    private final long maxChars;
    private final Queue<String> messages = new ArrayDeque<>();
    private long chars;
    private @Nullable TransportEnd end;
    private boolean closed;

    Inbox(ClientLimits limits) {
        this.maxMessages = limits.inboxMessages();
        this.maxChars = limits.inboxChars();
    }

    /** Adds a message, and waits while there is no room. */
    synchronized void put(String message) {
        while (isFull() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Only the engine, which ends, interrupts its thread.
                Thread.currentThread().interrupt();
                return;
            }
        }
        if (!closed) {
            messages.add(message);
            chars += message.length();
        }
    }

    /** Adds the end, behind all messages; only the first one counts. */
    synchronized void putEnd(TransportEnd end) {
        if (this.end == null) {
            this.end = end;
        }
    }

    /** The next message, or null if there is none. */
    synchronized @Nullable String poll() {
        String message = messages.poll();
        if (message != null) {
            chars -= message.length();
            notifyAll();
        }
        return message;
    }

    /** The end, once all messages before it have been taken. */
    synchronized @Nullable TransportEnd end() {
        return messages.isEmpty() ? end : null;
    }

    synchronized boolean isFull() {
        return messages.size() >= maxMessages || chars >= maxChars;
    }

    /** Drops everything, and lets the transport's thread go. */
    synchronized void close() {
        closed = true;
        messages.clear();
        chars = 0;
        notifyAll();
    }
}
