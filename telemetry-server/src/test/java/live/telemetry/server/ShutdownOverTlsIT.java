package live.telemetry.server;

/** The same over TLS. */
class ShutdownOverTlsIT extends ShutdownIT {

    @Override
    TelemetryServerBuilder newServer() {
        return super.newServer().tls(TestAuthority.LOOPBACK);
    }
}
