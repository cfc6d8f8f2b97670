package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is made with.
 *
 * @param uri {@code ws} or {@code wss}
 * @param token asked before each attempt; null for none
 * @param connectTimeout until the transport is open, and once more until the welcome
 * @param policy how long to wait between attempts
 */
record ConnectSettings(URI uri, @Nullable Supplier<String> token, Duration connectTimeout, ReconnectPolicy policy) {}
