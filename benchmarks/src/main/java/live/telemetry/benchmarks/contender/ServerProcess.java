package live.telemetry.benchmarks.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.examples.load.JsonPublisher;
import live.telemetry.examples.load.LoadGenerator;
import live.telemetry.examples.load.LoadPlan;
import org.jspecify.annotations.Nullable;

/**
 * The main of every server that is measured. It prints {@code ready <port>}, and then answers each line of standard input with
 * a line that begins with {@code ok}:
 *
 * <ul>
 *   <li>{@code load <topics> <rate> <bytes> <keys>}: from now on publishes to {@code load.0}, {@code load.1}, …, so many records
 *       a second on each, of so many bytes of data, in turn under so many keys (0: none);
 *   <li>{@code fill <topics> <records> <bytes>}: publishes so many records to each topic, as fast as it can;
 *   <li>{@code collect}: collects garbage, and answers as {@code usage} does;
 *   <li>{@code usage}: {@code ok allocated=… heap=… direct=…}, see {@link ProcessUsage}.
 * </ul>
 *
 * It ends with its standard input.
 */
final class ServerProcess implements AutoCloseable {

    private final FanOutServer server;
    private final PrintStream out;
    private @Nullable LoadGenerator load;

    private ServerProcess(FanOutServer server, PrintStream out) {
        this.server = server;
        this.out = out;
    }

    static void serve(FanOutServer server) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (server;
                ServerProcess process = new ServerProcess(server, System.out)) {
            process.obey(in);
        }
        // Not every server's threads are daemons.
        System.exit(0);
    }

    private void obey(BufferedReader in) throws IOException {
        out.println("ready " + server.port());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.trim().split(" ");
            out.println(
                    switch (words[0]) {
                        case "load" -> load(words);
                        case "fill" -> fill(words);
                        case "collect" -> "ok " + ProcessUsage.afterCollection();
                        case "usage" -> "ok " + ProcessUsage.now();
                        default -> "unknown command: " + line;
                    });
        }
    }

    private String load(String[] words) {
        LoadPlan plan =
                new LoadPlan(Integer.parseInt(words[1]), Double.parseDouble(words[2]), Integer.parseInt(words[3]));
        int keys = Integer.parseInt(words[4]);
        close();
        LoadGenerator begun = new LoadGenerator(plan, keys == 0 ? this::publish : new Keyed(keys));
        begun.start();
        load = begun;
        return "ok";
    }

    private CompletionStage<?> publish(String topic, String data) {
        return server.publish(topic, null, data);
    }

    /** Records under keys in turn. Called by the load's one thread. */
    private final class Keyed implements JsonPublisher {
        private final int keys;
        private long published;

        private Keyed(int keys) {
            this.keys = keys;
        }

        @Override
        public CompletionStage<?> publishJson(String topic, String data) {
            return server.publish(topic, "k" + published++ % keys, data);
        }
    }

    private String fill(String[] words) {
        int topics = Integer.parseInt(words[1]);
        int records = Integer.parseInt(words[2]);
        String head = "{\"t\":" + System.nanoTime() + ",\"pad\":\"";
        String data = head + "x".repeat(Math.max(0, Integer.parseInt(words[3]) - head.length() - 2)) + "\"}";
        CompletableFuture<?> last = CompletableFuture.completedFuture(null);
        for (int topic = 0; topic < topics; topic++) {
            for (int record = 0; record < records; record++) {
                last = server.publish("load." + topic, null, data).toCompletableFuture();
            }
        }
        last.join();
        return "ok";
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
        }
    }
}
