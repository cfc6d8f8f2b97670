package live.telemetry.server;

/** The same over TLS. */
class HttpOverTlsIT extends HttpIT {

    @Override
    TelemetryServerBuilder newServer() {
        return super.newServer().tls(TestAuthority.LOOPBACK);
    }
}
