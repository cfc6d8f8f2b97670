package live.telemetry.server.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RationedSocketIT {

    @Test
    void givesItsRationAndThenNothingUntilItIsRenewed() throws IOException {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback);
                SocketChannel sender = SocketChannel.open(listener.getLocalAddress());
                SocketChannel receiver = listener.accept()) {
            receiver.configureBlocking(false);
            RationedSocket socket = new RationedSocket(receiver);
            ByteBuffer sent = ByteBuffer.allocate(3 * RationedSocket.RATION_BYTES);
            sender.configureBlocking(false);
            int first = readUntil(socket, RationedSocket.RATION_BYTES, sender, sent);
            assertThat(socket.read(ByteBuffer.allocate(1))).isZero();
            socket.renew();
            int second = readUntil(socket, RationedSocket.RATION_BYTES, sender, sent);
            assertThat(socket.read(ByteBuffer.allocate(1))).isZero();
            socket.renew();
            readUntil(socket, sent.capacity() - first - second, sender, sent);
            sender.shutdownOutput();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> socket.read(ByteBuffer.allocate(1)) == -1);
        }
    }

    /** Reads in pieces of a record; says how much it was. */
    private static int readUntil(RationedSocket socket, int bytes, SocketChannel sender, ByteBuffer sent)
            throws IOException {
        int read = 0;
        ByteBuffer target = ByteBuffer.allocate(17 << 10);
        while (read < bytes) {
            sender.write(sent);
            read += socket.read(target.clear());
        }
        return read;
    }
}
