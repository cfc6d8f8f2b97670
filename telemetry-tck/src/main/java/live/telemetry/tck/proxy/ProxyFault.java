package live.telemetry.tck.proxy;

import java.time.Duration;
import java.util.Random;
import java.util.function.BiConsumer;

/** What goes wrong between a client and its server, for as long as until {@link FaultProxy#heal}. */
public enum ProxyFault {
    /** Every connection breaks. */
    CUT((proxy, random) -> proxy.cut(how(random))),
    /** Every connection breaks within what is sent next, most likely inside a frame. */
    CUT_INSIDE((proxy, random) ->
            proxy.impair(way(random), Impairment.NONE.withCutAfter(random.nextInt(4_000), how(random)))),
    /** What is sent vanishes, both ways. */
    BLACK_HOLE((proxy, random) -> proxy.impair(Impairment.BLACK_HOLE)),
    /** What is sent vanishes, one way. */
    ONE_WAY((proxy, random) -> proxy.impair(way(random), Impairment.BLACK_HOLE)),
    /** Everything is late. */
    DELAY((proxy, random) -> proxy.impair(Impairment.NONE.withDelay(Duration.ofMillis(20 + random.nextInt(200))))),
    /** Less gets through than is published. */
    THROTTLE((proxy, random) ->
            proxy.impair(Direction.TO_CLIENT, Impairment.NONE.withBytesPerSecond(5_000 + random.nextInt(20_000)))),
    /** Nothing gets through, and nothing is lost. */
    STALL((proxy, random) -> proxy.impair(way(random), Impairment.STALL)),
    /** Only the server learns that the connection is gone. */
    CLIENT_HALF_OPEN((proxy, random) -> proxy.connections().forEach(each -> each.cutServerSide(how(random)))),
    /** Only the client learns that the connection is gone. */
    SERVER_HALF_OPEN((proxy, random) -> proxy.connections().forEach(each -> each.cutClientSide(how(random)))),
    /** Every connection breaks, and no other is to be had. */
    REFUSE((proxy, random) -> {
        proxy.refuse(true);
        proxy.cut(how(random));
    }),
    /** Messages of the server are lost, come twice, or behind the next one. */
    FRAMES((proxy, random) -> proxy.frames(FrameFault.seeded(random.nextLong(), 0.02, 0.02, 0.02)));

    private final BiConsumer<FaultProxy, Random> begin;

    ProxyFault(BiConsumer<FaultProxy, Random> begin) {
        this.begin = begin;
    }

    /**
     * Begins.
     *
     * @param proxy has no other fault
     * @param random for what the fault leaves open
     */
    public void begin(FaultProxy proxy, Random random) {
        begin.accept(proxy, random);
    }

    private static Cut how(Random random) {
        return random.nextBoolean() ? Cut.RESET : Cut.FIN;
    }

    private static Direction way(Random random) {
        return random.nextBoolean() ? Direction.TO_CLIENT : Direction.TO_SERVER;
    }
}
