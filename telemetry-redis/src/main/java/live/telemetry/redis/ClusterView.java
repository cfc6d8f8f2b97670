package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.redis.ClusterFinder.SlotOwner;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * How one node sees its cluster. Addresses are those of {@code CLUSTER SLOTS}, since redirections use the same; configuration
 * epochs stand in {@code CLUSTER NODES} only. Immutable.
 */
final class ClusterView {

    private static final int EPOCH_FIELD = 6;

    private final List<Range> ranges = new ArrayList<>();
    private final Map<String, HostAndPort> nodes = new LinkedHashMap<>();
    private final Map<String, Long> epochs = new HashMap<>();

    private record Range(int first, int last, SlotOwner owner) {}

    private ClusterView() {}

    /**
     * Reads the answers.
     *
     * @param slots to {@code CLUSTER SLOTS}
     * @param lines to {@code CLUSTER NODES}; epochs are 0 if it was refused
     * @param asked the host that answered, which a node that does not know its own address leaves out
     */
    static ClusterView of(Object slots, Object lines, String asked) {
        ClusterView view = new ClusterView();
        if (lines instanceof byte[] bytes) {
            text(bytes).lines().map(line -> line.split(" ")).forEach(view::addEpoch);
        }
        ((List<?>) slots).forEach(range -> view.addRange((List<?>) range, asked));
        return view;
    }

    private void addEpoch(String[] fields) {
        if (fields.length > EPOCH_FIELD) {
            epochs.put(fields[0], Long.parseLong(fields[EPOCH_FIELD]));
        }
    }

    /** First slot, last slot, then the master and its replicas. */
    private void addRange(List<?> range, String asked) {
        for (int i = 2; i < range.size(); i++) {
            List<?> node = (List<?>) range.get(i);
            String host = node.get(0) == null ? "" : text(node.get(0));
            HostAndPort address = new HostAndPort(host.isEmpty() ? asked : host, Math.toIntExact((Long) node.get(1)));
            String id = text(node.get(2));
            if (!host.equals("?")) {
                nodes.put(id, address);
                if (i == 2) {
                    SlotOwner owner = new SlotOwner(address, id, epochs.getOrDefault(id, 0L));
                    ranges.add(new Range(slot(range.get(0)), slot(range.get(1)), owner));
                }
            }
        }
    }

    @Nullable
    SlotOwner owner(int slot) {
        return ranges.stream()
                .filter(range -> range.first() <= slot && slot <= range.last())
                .map(Range::owner)
                .findFirst()
                .orElse(null);
    }

    boolean hasNode(String id) {
        return nodes.containsKey(id) || epochs.containsKey(id);
    }

    /** Masters and replicas. */
    List<HostAndPort> nodes() {
        return List.copyOf(nodes.values());
    }

    private static int slot(Object number) {
        return Math.toIntExact((Long) number);
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }
}
