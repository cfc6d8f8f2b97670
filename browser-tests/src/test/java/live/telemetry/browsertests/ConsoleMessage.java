package live.telemetry.browsertests;

/**
 * What Chromium itself logs of requests that fail, as patterns of whole messages. No code of a page can prevent these; anything else
 * in the console is a fault of the page.
 */
final class ConsoleMessage {

    private static final String TELEMETRY = "http://127\\.0\\.0\\.1:\\d+/telemetry";

    /** A WebSocket that did not get through, or was cut off before it was open. */
    static final String WEBSOCKET_FAILED =
            "SEVERE " + TELEMETRY + "/telemetry\\.js \\d+(:\\d+)? WebSocket connection to"
                    + " 'ws://127\\.0\\.0\\.1:\\d+/telemetry' failed: .*";

    /** A request that was cut off or did not reach anybody. */
    static final String REQUEST_FAILED =
            "SEVERE " + TELEMETRY + "/(events|poll) - Failed to load resource: net::ERR_[A-Z_]+";

    private ConsoleMessage() {}

    /** A request that was answered with an error. */
    static String refused(int status) {
        return "SEVERE " + TELEMETRY
                + "/(events|poll) - Failed to load resource: the server responded with a status of " + status + " .*";
    }
}
