package live.telemetry.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A script and the digest by which Redis knows it. Each is a resource of its own; {@code topic.lua} is put in front of it. */
enum LuaScript {
    /** Stores a batch. */
    PUBLISH("publish.lua"),
    /** Reads a topic on from a position. */
    RECOVER("recover.lua"),
    /** The newest positions of topics. */
    HEADS("heads.lua"),
    /** The latest record of each key. */
    LATEST("latest.lua");

    private final String source;
    private final String digest;

    LuaScript(String resource) {
        this.source = read("topic.lua") + read(resource);
        this.digest = sha1(source);
    }

    String source() {
        return source;
    }

    String digest() {
        return digest;
    }

    private static String read(String resource) {
        try (InputStream stream = LuaScript.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException(resource + " is missing; the jar of telemetry-redis is incomplete");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-1", e);
        }
    }
}
