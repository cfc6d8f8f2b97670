package live.telemetry.redis;

import java.util.List;
import java.util.Random;
import java.util.Set;

/** A store, however many processes it has, and what can be done to it. */
interface ChaosTarget extends AutoCloseable {

    /** Where a node of the run finds it. */
    String uri(int node);

    /** What can happen to it. */
    Set<ChaosFault> faults();

    /** Whether topics may go on in another epoch afterwards, as on another master. */
    boolean opensEpoch(ChaosFault fault);

    /** Those that are masters now. */
    List<RedisProcess> masters();

    /**
     * Does what is not the same everywhere, and waits until there is a master again.
     *
     * @param victim one of the masters
     * @param node whose connections suffer, if it is about those
     * @param millis how long it lasts, roughly
     */
    void inflict(ChaosFault fault, RedisProcess victim, int node, int millis, Random random);

    /** Ends what still goes on, and waits until everything runs. */
    void heal();

    @Override
    void close();
}
