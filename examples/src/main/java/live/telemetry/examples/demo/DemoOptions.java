package live.telemetry.examples.demo;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import live.telemetry.core.Retention;
import live.telemetry.examples.load.LoadPlan;
import live.telemetry.redis.RedisBroadcaster;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the demo.
 *
 * @param help only say what there is
 * @param host the address to listen on
 * @param port 0 to let the system pick one
 * @param jwtSecret what tokens are signed with, or null for a random one
 * @param anonymous whether everybody may read, without a token
 * @param node the node's name, or null for the server's default
 * @param interval how often to sample the machine
 * @param retention what to keep of each topic
 * @param load what else to publish, or null for nothing
 * @param redis the Redis to share records through, or null for none
 */
record DemoOptions(
        boolean help,
        String host,
        int port,
        @Nullable String jwtSecret,
        boolean anonymous,
        @Nullable String node,
        Duration interval,
        Retention retention,
        @Nullable LoadPlan load,
        @Nullable URI redis) {

    static final String HELP = """
            The demo of Telemetry Live: this machine and this JVM, live.

              --port N               port to listen on; 0 picks one (default 8080)
              --host H               address to listen on (default 127.0.0.1)
              --jwt-secret S         secret of at least 32 bytes that tokens are signed with, HS256 (default: random)
              --anonymous            let everybody read without a token; nobody can publish then
              --node NAME            name of this node (default: the server picks one)
              --interval D           how often to sample the machine: 500ms, 2s, 1m (default 1s)
              --retention-records N  records to keep of each topic (default 10000; 8 MiB and one hour at most)
              --load-topics K        publish synthetic records to K topics, load.0, load.1, ...
              --load-rate R          records a second on each of them (default 1)
              --load-bytes B         bytes of JSON in each record, at least %d (default 200)
              --redis URI            share records with every demo on this Redis: redis://127.0.0.1:6379; give them all
                                     the same --jwt-secret, so that a client may move between them
              --help                 this text
            """.formatted(LoadPlan.MIN_BYTES);

    /** RFC 7518 §3.2: a key of the size of the hash, or larger. */
    private static final int MIN_SECRET_BYTES = 32;

    static DemoOptions parse(String... arguments) {
        Parser parser = new Parser();
        OptionReader reader = new OptionReader(Arrays.asList(arguments));
        while (reader.hasNext()) {
            parser.take(reader.next(), reader);
        }
        return parser.options();
    }

    private static final class Parser {
        private boolean help;
        private String host = "127.0.0.1";
        private int port = 8080;
        private @Nullable String jwtSecret;
        private boolean anonymous;
        private @Nullable String node;
        private Duration interval = Duration.ofSeconds(1);
        private Retention retention = Retention.DEFAULT;
        private int loadTopics;
        private @Nullable Double loadRate;
        private @Nullable Integer loadBytes;
        private @Nullable URI redis;

        void take(String option, OptionReader value) {
            switch (option) {
                case "--help" -> help = true;
                case "--host" -> host = value.text();
                case "--port" -> port = (int) value.integer(0, 65_535);
                case "--jwt-secret" -> jwtSecret = value.text();
                case "--anonymous" -> anonymous = true;
                case "--node" -> node = value.text();
                case "--interval" -> interval = value.duration();
                case "--retention-records" -> retention = retention.withMaxRecords(value.integer(1, Long.MAX_VALUE));
                case "--load-topics" -> loadTopics = (int) value.integer(1, LoadPlan.MAX_TOPICS);
                case "--load-rate" -> loadRate = value.positiveNumber();
                case "--load-bytes" -> loadBytes = (int) value.integer(LoadPlan.MIN_BYTES, Integer.MAX_VALUE);
                case "--redis" -> redis = redis(value.text());
                default -> throw value.unknown();
            }
        }

        DemoOptions options() {
            checkSecret();
            return new DemoOptions(help, host, port, jwtSecret, anonymous, node, interval, retention, load(), redis);
        }

        private void checkSecret() {
            if (jwtSecret == null) {
                return;
            }
            if (anonymous) {
                throw new BadOptionException("--jwt-secret has no use with --anonymous; give one of them");
            }
            int bytes = jwtSecret.getBytes(StandardCharsets.UTF_8).length;
            if (bytes < MIN_SECRET_BYTES) {
                throw new BadOptionException(
                        "--jwt-secret must have at least " + MIN_SECRET_BYTES + " bytes for HS256; it has " + bytes);
            }
        }

        /** Does not repeat what was given, since there may be a password in it. */
        private static URI redis(String text) {
            try {
                URI uri = new URI(text);
                RedisBroadcaster.builder().uri(uri);
                return uri;
            } catch (URISyntaxException | IllegalArgumentException e) {
                throw new BadOptionException(
                        "--redis must be a URI such as redis://127.0.0.1:6379, or rediss:// for TLS");
            }
        }

        private @Nullable LoadPlan load() {
            if (loadTopics == 0) {
                if (loadRate != null || loadBytes != null) {
                    throw new BadOptionException("--load-rate and --load-bytes need --load-topics");
                }
                return null;
            }
            try {
                return new LoadPlan(loadTopics, loadRate == null ? 1 : loadRate, loadBytes == null ? 200 : loadBytes);
            } catch (IllegalArgumentException e) {
                throw new BadOptionException("--load-topics, --load-rate: " + e.getMessage());
            }
        }
    }
}
