package live.telemetry.tck.proxy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A proxy in front of a server that is a bare socket. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class ProxyRig {

    ServerSocket listener;
    FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        listener = Link.listen();
        proxy = FaultProxy.to(listener.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        listener.close();
    }

    Link open() throws IOException {
        return Link.open(proxy, listener);
    }

    static Socket receiver(Link link, Direction direction) {
        return direction == Direction.TO_CLIENT ? link.client() : link.server();
    }

    static Socket sender(Link link, Direction direction) {
        return receiver(link, direction.reverse());
    }
}
