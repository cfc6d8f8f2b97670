package live.telemetry.redis;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Redis 7, for tests of what older ones do not have. */
final class InstalledRedis {

    private InstalledRedis() {}

    /** The one on the path. Without it the test is skipped, or fails if {@code REQUIRE_INTEROP=true} asks for it. */
    static RedisBinary required() {
        String missing = "there is no redis-server on the path";
        if (!RedisBinary.isInstalled() && Boolean.parseBoolean(System.getenv("REQUIRE_INTEROP"))) {
            Assertions.fail(missing);
        }
        Assumptions.assumeTrue(RedisBinary.isInstalled(), missing);
        return RedisBinary.preferred();
    }
}
