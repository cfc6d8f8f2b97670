package live.telemetry.benchmarks.client;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where readers connect to, on 127.0.0.1.
 *
 * @param port 1 to 65535
 * @param tls what the server's certificate is judged by; null for no TLS
 */
public record Endpoint(int port, @Nullable SSLContext tls) {}
