package live.telemetry.server.net;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import live.telemetry.server.session.WriteBatch;

/** Says back what it hears, and does worse at certain words. */
class ScriptedHandler implements ConnectionHandler {

    private final Connection connection;
    private String heard = "";

    ScriptedHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void onInput(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        heard += new String(bytes, StandardCharsets.US_ASCII);
        if (heard.contains("throw while reading")) {
            throw new IllegalStateException("asked to");
        }
        if (heard.contains("error while reading")) {
            throw new StackOverflowError("asked to");
        }
        connection.ready();
    }

    @Override
    public void fill(WriteBatch batch) {
        String said = heard;
        heard = "";
        batch.addBytes(said.getBytes(StandardCharsets.US_ASCII));
        if (said.contains("throw while writing")) {
            throw new IllegalStateException("asked to");
        }
        if (said.contains("error while writing")) {
            throw new StackOverflowError("asked to");
        }
    }

    @Override
    public void onDrained() {}

    @Override
    public void onEndOfInput() {
        connection.close();
    }

    @Override
    public void shutDown(long reconnectAfterMillis) {
        connection.close();
    }

    @Override
    public void onClosed() {}
}
