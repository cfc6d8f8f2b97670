package live.telemetry.examples.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;

/** {@code host.network}: {@link NetworkRates} for each interface but the loopback, with its name as key. */
final class NetworkSource implements MetricSource {

    private static final Topic TOPIC = Topic.of("host.network");

    /** Listing the interfaces costs several times as much as reading their counters. */
    private static final int SAMPLES_A_LISTING = 30;

    private final HardwareAbstractionLayer hardware;
    private final Duration interval;
    private List<NetworkIF> networks = List.of();
    private Map<String, NetworkCounters> previous = Map.of();
    private int samplesUntilListing;

    NetworkSource(HardwareAbstractionLayer hardware, Duration interval) {
        this.hardware = hardware;
        this.interval = interval;
    }

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public @Nullable Object sample() {
        List<Sample> samples = new ArrayList<>();
        Map<String, NetworkCounters> now = read();
        now.forEach((name, counters) -> {
            NetworkCounters earlier = previous.get(name);
            if (earlier != null) {
                counters.since(earlier).ifPresent(rates -> samples.add(Sample.of(name, rates)));
            }
        });
        previous = now;
        return samples.isEmpty() ? null : samples;
    }

    private Map<String, NetworkCounters> read() {
        if (samplesUntilListing-- == 0) {
            networks = hardware.getNetworkIFs();
            samplesUntilListing = SAMPLES_A_LISTING;
        }
        Map<String, NetworkCounters> counters = new HashMap<>();
        for (NetworkIF network : networks) {
            if (network.updateAttributes()) {
                counters.put(network.getName(), NetworkCounters.of(network));
            }
        }
        return counters;
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Network")
                .withOrder(4)
                .withField("rxBytesPerSecond", "received", "bytes/s")
                .withField("txBytesPerSecond", "sent", "bytes/s")
                .withField("rxPacketsPerSecond", "packets received", "/s")
                .withField("txPacketsPerSecond", "packets sent", "/s"));
    }
}
