package live.telemetry.tck.proxy;

/**
 * Decides by its first request what becomes of an HTTP connection; requests that follow on it are treated alike. It is asked
 * by the connection's thread. Only for proxies in front of HTTP: it waits for a head before the server hears anything.
 */
@FunctionalInterface
public interface HttpFault {

    /** Every connection passes, whatever its protocol, and no head is waited for. */
    HttpFault NONE = head -> Treatment.PASS;

    /**
     * Looks at the first request of a connection.
     *
     * @param head its head
     * @return what becomes of the connection
     */
    Treatment treat(RequestHead head);

    /**
     * Treats upgrades to WebSocket.
     *
     * @param treatment what becomes of them; other connections pass
     * @return the fault
     */
    static HttpFault onUpgrade(Treatment treatment) {
        return head -> head.isUpgrade() ? treatment : Treatment.PASS;
    }

    /**
     * Treats requests by their path.
     *
     * @param part what the target contains, such as {@code /events}
     * @param treatment what becomes of them; other connections pass
     * @return the fault
     */
    static HttpFault onPath(String part, Treatment treatment) {
        return head -> head.target().contains(part) ? treatment : Treatment.PASS;
    }

    /**
     * Another fault for what this one lets pass.
     *
     * @param next is asked second
     * @return both
     */
    default HttpFault or(HttpFault next) {
        return head -> {
            Treatment mine = treat(head);
            return mine.equals(Treatment.PASS) ? next.treat(head) : mine;
        };
    }
}
