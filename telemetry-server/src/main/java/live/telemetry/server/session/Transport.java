package live.telemetry.server.session;

import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.server.log.Framing;

/**
 * What carries a session to its peer: WebSocket, Server-Sent Events, a long poll. A session writes nothing by itself; it says
 * that it is ready, and the transport then calls {@link Session#fill} when the peer can take something.
 */
public interface Transport {

    /** How records are framed. */
    Framing framing();

    /** Frames an envelope that is for this peer alone. */
    default byte[] frame(ServerEnvelope envelope) {
        return framing().frame(EnvelopeCodec.encode(envelope));
    }

    /** The session has something to write; within this turn of the loop the transport asks for it, unless it is blocked. */
    void ready();

    /** The session can take another request, or cannot until further notice: the transport then reads nothing. */
    void acceptInput(boolean accept);

    /** Ends the connection once the answers that the session has queued are written. */
    void close(CloseReason reason);
}
