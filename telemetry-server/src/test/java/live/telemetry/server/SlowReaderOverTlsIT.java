package live.telemetry.server;

/** The same over TLS. */
class SlowReaderOverTlsIT extends SlowReaderIT {

    @Override
    TelemetryServerBuilder newServer() {
        return super.newServer().tls(TestAuthority.LOOPBACK);
    }
}
