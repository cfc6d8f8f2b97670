package live.telemetry.server;

/** The same over TLS. */
class WebSocketOverTlsIT extends WebSocketIT {

    @Override
    TelemetryServerBuilder newServer() {
        return super.newServer().tls(TestAuthority.LOOPBACK);
    }
}
