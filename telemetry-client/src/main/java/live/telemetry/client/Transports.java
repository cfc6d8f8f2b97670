package live.telemetry.client;

import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.client.transport.TransportRequest;
import live.telemetry.client.transport.WebSocketTransport;
import live.telemetry.client.transport.http.HttpTransports;

/** Makes a transport for each attempt to connect. */
@FunctionalInterface
interface Transports {

    /** One that has not been opened. */
    Transport create(TransportKind kind, TransportRequest request);

    /** Those of this library, for one client. */
    static Transports ofClient() {
        HttpTransports http = new HttpTransports();
        return (kind, request) -> switch (kind) {
            case WEBSOCKET -> new WebSocketTransport(request);
            case SSE -> http.sse(request);
            case LONG_POLL -> http.longPoll(request);
        };
    }
}
