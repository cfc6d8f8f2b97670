package live.telemetry.server.net.poll;

import java.nio.charset.StandardCharsets;
import live.telemetry.core.Position;
import live.telemetry.server.log.DerivedFraming;

/** An envelope as an element of an array: its JSON and a comma. */
enum PollFraming implements DerivedFraming {
    /** The only one. */
    INSTANCE;

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] COMMA = {','};

    @Override
    public byte[] before(Position position) {
        return NOTHING;
    }

    @Override
    public byte[] behind() {
        return COMMA;
    }

    @Override
    public byte[] frame(String json) {
        return (json + ',').getBytes(StandardCharsets.UTF_8);
    }
}
