package live.telemetry.server;

/** The same over TLS. */
class SlowRequestOverTlsIT extends SlowRequestIT {

    @Override
    TelemetryServerBuilder newServer() {
        return super.newServer().tls(TestAuthority.LOOPBACK);
    }
}
