package live.telemetry.examples.host;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/** {@code host.disk}: a {@link Disk} for each mounted file system, with its mount point as key. */
record DiskSource(Duration interval) implements MetricSource {

    private static final Topic TOPIC = Topic.of("host.disk");

    /** In memory, or always full. */
    private static final Set<String> NO_DISKS = Set.of("tmpfs", "devtmpfs", "ramfs", "squashfs", "efivarfs");

    /**
     * A file system, in bytes.
     *
     * @param device what is mounted
     * @param type for example {@code ext4}
     * @param total its size
     * @param used taken
     * @param usable what this process could still write
     * @param percent used of total
     */
    record Disk(String device, String type, long total, long used, long usable, double percent) {}

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public @Nullable Object sample() {
        List<Sample> samples = new ArrayList<>();
        Set<String> devices = new HashSet<>();
        for (FileStore store : FileSystems.getDefault().getFileStores()) {
            Disk disk = read(store);
            // Containers have one device mounted many times over.
            if (disk != null && (!disk.device().startsWith("/dev/") || devices.add(disk.device()))) {
                samples.add(Sample.of(mountPoint(store), disk));
            }
        }
        return samples.isEmpty() ? null : samples;
    }

    private static @Nullable Disk read(FileStore store) {
        if (NO_DISKS.contains(store.type())) {
            return null;
        }
        try {
            long total = store.getTotalSpace();
            long used = total - store.getUnallocatedSpace();
            return total <= 0
                    ? null
                    : new Disk(
                            store.name(),
                            store.type(),
                            total,
                            used,
                            store.getUsableSpace(),
                            Round.percent(used, total));
        } catch (IOException e) {
            // Unmounted meanwhile, or not ours to look at.
            return null;
        }
    }

    /** The JDK says where a file system is mounted only in its text: {@code /home (/dev/sda2)}. */
    private static String mountPoint(FileStore store) {
        String text = store.toString();
        String device = " (" + store.name() + ')';
        return text.endsWith(device) ? text.substring(0, text.length() - device.length()) : text;
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Disks")
                .withOrder(5)
                .withUnit("bytes")
                .withField("percent", "used", "percent")
                .withField("used", "bytes used")
                .withField("usable", "usable")
                .withField("total", "total"));
    }
}
