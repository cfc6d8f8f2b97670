package live.telemetry.tck.proxy;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a proxy counts, over all its connections. */
final class ProxyCounters {

    final LongAdder accepted = new LongAdder();
    final LongAdder framesDropped = new LongAdder();
    final LongAdder framesDuplicated = new LongAdder();
    final LongAdder framesHeld = new LongAdder();
    private final Map<Direction, LongAdder> bytes =
            new EnumMap<>(Map.of(Direction.TO_SERVER, new LongAdder(), Direction.TO_CLIENT, new LongAdder()));

    LongAdder bytes(Direction direction) {
        return bytes.get(direction);
    }

    ProxyStats snapshot() {
        return new ProxyStats(
                accepted.sum(),
                bytes(Direction.TO_SERVER).sum(),
                bytes(Direction.TO_CLIENT).sum(),
                framesDropped.sum(),
                framesDuplicated.sum(),
                framesHeld.sum());
    }
}
