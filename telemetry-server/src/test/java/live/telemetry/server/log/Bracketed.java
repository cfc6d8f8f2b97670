package live.telemetry.server.log;

import java.nio.charset.StandardCharsets;
import live.telemetry.core.Position;

/** A framing that puts every record into brackets. */
enum Bracketed implements DerivedFraming {
    INSTANCE;

    @Override
    public byte[] before(Position position) {
        return new byte[] {'['};
    }

    @Override
    public byte[] behind() {
        return new byte[] {']'};
    }

    @Override
    public byte[] frame(String json) {
        return ('[' + json + ']').getBytes(StandardCharsets.UTF_8);
    }
}
