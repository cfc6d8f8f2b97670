package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What fails at one connection is no reason to accept no more of them, nor to count it for ever. */
class AcceptorIT {

    private static final int REFUSED_BY_SOCKETS = -1;

    @Test
    void connectionThatCannotBeSetUpIsClosedAndNotCounted() throws IOException {
        try (LoopRig rig = new LoopRig().start()) {
            Acceptor acceptor = new Acceptor(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    List.of(rig.loop),
                    rig.counters,
                    1,
                    REFUSED_BY_SOCKETS,
                    ScriptedHandler::new,
                    ScriptedHandler::new,
                    "telemetry-rig-accept");
            acceptor.start();
            try {
                for (int i = 1; i <= 3; i++) {
                    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), acceptor.port())) {
                        peer.setSoTimeout(5_000);
                        assertThat(peer.getInputStream().read()).as("peer " + i).isEqualTo(-1);
                    }
                }
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(10))
                        .untilAsserted(() -> assertThat(rig.counters.open()).isZero());
                assertThat(rig.counters.accepted()).isEqualTo(3);
                assertThat(rig.counters.refused()).isZero();
            } finally {
                acceptor.stop(1_000);
            }
        }
    }
}
