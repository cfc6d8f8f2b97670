package live.telemetry.tck.proxy;

/**
 * What went through a {@link FaultProxy} since it was made.
 *
 * @param accepted connections
 * @param bytesToServer bytes that were forwarded to the server; what vanished is not among them
 * @param bytesToClient bytes that were forwarded to clients, answers of the proxy itself among them
 * @param framesDropped frames that a {@link FrameFault} lost
 * @param framesDuplicated frames that one sent twice
 * @param framesHeld frames that one sent behind their successor
 */
public record ProxyStats(
        long accepted,
        long bytesToServer,
        long bytesToClient,
        long framesDropped,
        long framesDuplicated,
        long framesHeld) {}
