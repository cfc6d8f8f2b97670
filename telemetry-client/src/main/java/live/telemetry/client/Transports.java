package live.telemetry.client;

import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.client.transport.TransportRequest;
import live.telemetry.client.transport.WebSocketTransport;

/** Makes a transport for each attempt to connect. */
@FunctionalInterface
interface Transports {

    /** Those of this library. */
    Transports REAL = (kind, request) -> switch (kind) {
        case WEBSOCKET -> new WebSocketTransport(request);
        case SSE, LONG_POLL -> throw new UnsupportedOperationException("not there yet: " + kind);
    };

    /** One that has not been opened. */
    Transport create(TransportKind kind, TransportRequest request);
}
