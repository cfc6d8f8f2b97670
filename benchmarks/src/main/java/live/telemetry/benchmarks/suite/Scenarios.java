package live.telemetry.benchmarks.suite;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import live.telemetry.benchmarks.client.Carrier;
import live.telemetry.benchmarks.client.ReaderPlan;
import live.telemetry.benchmarks.client.Role;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.examples.load.LoadPlan;

/** Everything that the suite can measure, with numbers to the options' scale. */
final class Scenarios {

    private static final int SUBSCRIBERS = 1_000;
    private static final String TOPIC = "load.0";
    private static final String THIS_SERVER = Contender.TELEMETRY.title();

    private final SuiteOptions options;

    Scenarios(SuiteOptions options) {
        this.options = options;
    }

    List<Scenario> all() {
        return List.of(
                fanOut(50),
                fanOut(300),
                fanOut(1_000),
                fanOut(3_000),
                flushInterval(),
                latency(),
                topics(),
                pattern(),
                idle(),
                smallTopics(),
                trouble(),
                carriers(),
                tls(),
                conflated(),
                storm());
    }

    private Scenario fanOut(int rate) {
        return new Scenario(
                "fanout-" + rate,
                subscribers() + String.format(Locale.ROOT, " × %,d records/s", rate),
                Metric.CPU_PER_DELIVERY,
                eachContender(contender -> fanOut(contender, SUBSCRIBERS, rate)));
    }

    private Scenario flushInterval() {
        FanOut run = live(300, ReaderPlan.of(TOPIC));
        return new Scenario(
                "flush-interval",
                subscribers() + " × 300 records/s, by the shortest time between two rounds of writes",
                Metric.CPU_PER_DELIVERY,
                IntStream.of(0, 5, 10, 25)
                        .mapToObj(millis -> new Variant(
                                millis + " ms", run.with(new ServerOptions(false, Duration.ofMillis(millis)))))
                        .toList());
    }

    private Scenario latency() {
        return new Scenario(
                "latency",
                count(100) + " subscribers × 100 records/s, from publish to client",
                Metric.P99,
                eachContender(contender -> fanOut(contender, 100, 100)));
    }

    private Scenario topics() {
        int topics = 20;
        String[] names = IntStream.range(0, topics).mapToObj(i -> "load." + i).toArray(String[]::new);
        return new Scenario(
                "topics",
                subscribers() + ", 200 records/s each, of one topic or of several",
                Metric.CPU_PER_DELIVERY,
                List.of(
                        new Variant("one topic × 200/s", live(200, ReaderPlan.of(TOPIC))),
                        new Variant(topics + " topics × 10/s", live(topics, 10, ReaderPlan.of(names)))));
    }

    private Scenario pattern() {
        int topics = options.scaled(1_000);
        return new Scenario(
                "pattern",
                subscribers() + " of one pattern over " + count(1_000) + " topics with 1 record/s each",
                Metric.CPU_PER_DELIVERY,
                List.of(
                        new Variant("one topic × " + topics + "/s", live(topics, ReaderPlan.of(TOPIC))),
                        new Variant("load.> × " + topics + " topics", live(topics, 1, ReaderPlan.of("load.>")))));
    }

    private Scenario idle() {
        return new Scenario(
                "idle",
                count(10_000) + " idle connections",
                Metric.RESIDENT_EACH,
                eachContender(contender ->
                        new IdleConnections(contender, options.readers(10_000, contender.readerOfLoad()))));
    }

    private Scenario smallTopics() {
        int topics = options.scaled(100_000);
        return new Scenario(
                "small-topics",
                count(100_000) + " topics with one record each",
                Metric.RESIDENT_EACH,
                List.of(new Variant(THIS_SERVER, new SmallTopics(topics))));
    }

    private Scenario trouble() {
        ReaderPlan live = ReaderPlan.of(TOPIC);
        List<ReaderPlan> stalled = options.readers(10, live.as(Role.STALLED));
        List<ReaderPlan> replaying = options.readers(100, live.as(Role.REPLAYING));
        FanOut alone = live(50, live);
        return new Scenario(
                "trouble",
                subscribers() + " × 50 records/s, beside readers that stall or replay " + ReaderPlan.REPLAYED_RECORDS
                        + " records a second",
                Metric.P99,
                List.of(
                        new Variant("alone", alone),
                        new Variant("beside " + stalled.size() + " stalled", alone.and(stalled)),
                        new Variant("beside " + replaying.size() + " replaying", alone.and(replaying)),
                        new Variant("beside both", alone.and(stalled).and(replaying))));
    }

    private Scenario carriers() {
        ReaderPlan live = ReaderPlan.of(TOPIC);
        return new Scenario(
                "carriers",
                subscribers() + " × 300 records/s, by transport",
                Metric.CPU_PER_DELIVERY,
                List.of(
                        new Variant("WebSocket", live(300, live)),
                        new Variant("Server-Sent Events", live(300, live.over(Carrier.EVENT_STREAM))),
                        new Variant("long-poll", live(300, live.over(Carrier.LONG_POLL)))));
    }

    private Scenario tls() {
        FanOut plain = live(300, ReaderPlan.of(TOPIC));
        return new Scenario(
                "tls",
                subscribers() + " × 300 records/s, without and with TLS",
                Metric.CPU_PER_DELIVERY,
                List.of(
                        new Variant("plain", plain),
                        new Variant("TLS", plain.with(new ServerOptions(true, Duration.ZERO)))));
    }

    private Scenario conflated() {
        ReaderPlan latest = ReaderPlan.everything().subscribing(Since.NOW, Mode.conflated(10), TOPIC);
        return new Scenario(
                "conflated",
                subscribers() + " × 1,000 records/s under keys in turn, every record or 10 ticks a second",
                Metric.CPU_PER_DELIVERY,
                List.of(
                        new Variant(
                                "1,000 keys, all",
                                live(1_000, ReaderPlan.of(TOPIC)).withKeys(1_000)),
                        new Variant("1,000 keys, conflated", live(1_000, latest).withKeys(1_000)),
                        new Variant("10 keys, conflated", live(1_000, latest).withKeys(10))));
    }

    private Scenario storm() {
        return new Scenario(
                "storm",
                count(SUBSCRIBERS) + " clients drop at once, and each resumes 1,000 records",
                Metric.SECONDS_UNTIL_WHOLE,
                List.of(new Variant(THIS_SERVER, new ReconnectStorm(SUBSCRIBERS, 1_000))));
    }

    // ---- what they are made of

    private String subscribers() {
        return count(SUBSCRIBERS) + " subscribers";
    }

    private String count(int number) {
        return String.format(Locale.ROOT, "%,d", options.scaled(number));
    }

    private FanOut fanOut(Contender contender, int subscribers, double rate) {
        return FanOut.of(contender, rate, options.readers(subscribers, contender.readerOfLoad()));
    }

    private FanOut live(double rate, ReaderPlan plan) {
        return live(1, rate, plan);
    }

    private FanOut live(int topics, double rateOfEach, ReaderPlan plan) {
        LoadPlan load = new LoadPlan(topics, rateOfEach, Bench.RECORD_BYTES);
        return new FanOut(Contender.TELEMETRY, ServerOptions.DEFAULT, load, 0, options.readers(SUBSCRIBERS, plan));
    }

    private List<Variant> eachContender(Function<Contender, Variant.Run> run) {
        List<Variant> variants = new ArrayList<>();
        for (Contender contender : options.contenders()) {
            variants.add(new Variant(contender.title(), run.apply(contender)));
        }
        return variants;
    }
}
