package live.telemetry.client;

/**
 * How much a client keeps in memory. Where a reading limit is reached the client stops reading, so that the server, and not this
 * process, keeps what is not delivered yet.
 *
 * @param maxMessageBytes the largest message that the server may send; a larger one ends the connection (1009)
 * @param inboxMessages so many messages may be read and not handled yet
 * @param inboxChars the same in characters, but for one message that is longer
 * @param waitingCalls so many calls of listeners may wait for the executor
 * @param waitingChars the same in characters of their records, but for one record that is longer
 * @param pendingPublishes so many records may be published without an acknowledgement; a further one fails with
 *     {@code TOO_MANY_REQUESTS}
 */
public record ClientLimits(
        int maxMessageBytes,
        int inboxMessages,
        long inboxChars,
        int waitingCalls,
        long waitingChars,
        int pendingPublishes) {

    /** 16 MiB; 1,024 messages or 8 Mi characters read; 1,024 calls or 8 Mi characters waiting; 1,024 publications. */
    public static final ClientLimits DEFAULT =
            new ClientLimits(16 * 1024 * 1024, 1024, 8L * 1024 * 1024, 1024, 8L * 1024 * 1024, 1024);

    /**
     * Validates the limits.
     *
     * @throws IllegalArgumentException if one is below 1, or {@code maxMessageBytes} below 1,024
     */
    public ClientLimits {
        require("maxMessageBytes", maxMessageBytes, 1024);
        require("inboxMessages", inboxMessages, 1);
        require("inboxChars", inboxChars, 1);
        require("waitingCalls", waitingCalls, 1);
        require("waitingChars", waitingChars, 1);
        require("pendingPublishes", pendingPublishes, 1);
    }

    private static void require(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }

    /**
     * The same with another {@code maxMessageBytes}.
     *
     * @param limit the largest message that the server may send, at least 1,024 bytes
     * @return new limits
     */
    public ClientLimits withMaxMessageBytes(int limit) {
        return new ClientLimits(limit, inboxMessages, inboxChars, waitingCalls, waitingChars, pendingPublishes);
    }

    /**
     * The same with another {@code inboxMessages}.
     *
     * @param limit how many messages may be read and not handled
     * @return new limits
     */
    public ClientLimits withInboxMessages(int limit) {
        return new ClientLimits(maxMessageBytes, limit, inboxChars, waitingCalls, waitingChars, pendingPublishes);
    }

    /**
     * The same with another {@code inboxChars}.
     *
     * @param limit how many characters may be read and not handled
     * @return new limits
     */
    public ClientLimits withInboxChars(long limit) {
        return new ClientLimits(maxMessageBytes, inboxMessages, limit, waitingCalls, waitingChars, pendingPublishes);
    }

    /**
     * The same with another {@code waitingCalls}.
     *
     * @param limit how many calls of listeners may wait
     * @return new limits
     */
    public ClientLimits withWaitingCalls(int limit) {
        return new ClientLimits(maxMessageBytes, inboxMessages, inboxChars, limit, waitingChars, pendingPublishes);
    }

    /**
     * The same with another {@code waitingChars}.
     *
     * @param limit how many characters of records may wait for listeners
     * @return new limits
     */
    public ClientLimits withWaitingChars(long limit) {
        return new ClientLimits(maxMessageBytes, inboxMessages, inboxChars, waitingCalls, limit, pendingPublishes);
    }

    /**
     * The same with another {@code pendingPublishes}.
     *
     * @param limit how many records may be without an acknowledgement
     * @return new limits
     */
    public ClientLimits withPendingPublishes(int limit) {
        return new ClientLimits(maxMessageBytes, inboxMessages, inboxChars, waitingCalls, waitingChars, limit);
    }
}
