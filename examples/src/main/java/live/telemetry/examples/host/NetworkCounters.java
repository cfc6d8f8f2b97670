package live.telemetry.examples.host;

import java.util.Optional;
import oshi.hardware.NetworkIF;

/** What an interface has counted since it came up, and when that was read. */
record NetworkCounters(long rxBytes, long txBytes, long rxPackets, long txPackets, long atNanos) {

    static NetworkCounters of(NetworkIF network) {
        return new NetworkCounters(
                network.getBytesRecv(),
                network.getBytesSent(),
                network.getPacketsRecv(),
                network.getPacketsSent(),
                System.nanoTime());
    }

    /** Empty if a counter began anew in between, or no time has passed. */
    Optional<NetworkRates> since(NetworkCounters earlier) {
        long nanos = atNanos - earlier.atNanos;
        boolean restarted = rxBytes < earlier.rxBytes
                || txBytes < earlier.txBytes
                || rxPackets < earlier.rxPackets
                || txPackets < earlier.txPackets;
        if (restarted || nanos <= 0) {
            return Optional.empty();
        }
        double seconds = nanos / 1e9;
        return Optional.of(new NetworkRates(
                Math.round((rxBytes - earlier.rxBytes) / seconds),
                Math.round((txBytes - earlier.txBytes) / seconds),
                Math.round((rxPackets - earlier.rxPackets) / seconds),
                Math.round((txPackets - earlier.txPackets) / seconds)));
    }
}
