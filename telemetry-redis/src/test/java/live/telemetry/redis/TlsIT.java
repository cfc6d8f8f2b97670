package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;

/** {@code rediss}: TLS with host names that are verified. */
class TlsIT {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    /** A context that presents, and trusts, a certificate of its own for this name. */
    private SSLContext context(String subjectAlternativeName)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=redis",
                        "-ext",
                        "SAN=" + subjectAlternativeName,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    @Test
    void recordsAreStoredAndReceivedOverTls() throws Exception {
        SSLContext context = context("ip:127.0.0.1");
        try (RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
                TlsFront front = new TlsFront(context, redis.port());
                StoreRig rig = new StoreRig()) {
            isStoredAndReceived(rig.model("rediss://127.0.0.1:" + front.port(), b -> b.sslContext(context)));
        }
    }

    @Test
    void certificateOfAnotherHostIsRefused() throws Exception {
        SSLContext context = context("dns:elsewhere.example");
        try (RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
                TlsFront front = new TlsFront(context, redis.port());
                RedisBroadcaster broadcaster = RedisCluster.impatient("rediss://127.0.0.1:" + front.port())
                        .sslContext(context)
                        .build()) {
            broadcaster.start(new NodeModel("node", Scheduler.realTime()));
            StoreRig.await().until(() -> broadcaster.state() == State.DOWN);
            assertThat(front.accepted()).isPositive();
        }
    }

    @Test
    void sentinelsAndTheMasterThatTheyNameAreSpokenToOverTls() throws Exception {
        SSLContext context = context("ip:127.0.0.1");
        try (RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
                TlsFront front = new TlsFront(context, redis.port());
                RedisProcess sentinel = RedisProcess.sentinel(
                        RedisBinary.preferred(), List.of("sentinel monitor main 127.0.0.1 " + front.port() + " 1"));
                TlsFront sentinelFront = new TlsFront(context, sentinel.port());
                StoreRig rig = new StoreRig()) {
            String uri = "rediss-sentinel://127.0.0.1:" + sentinelFront.port() + "/main";
            isStoredAndReceived(rig.model(uri, b -> b.sslContext(context)));
        }
    }

    @Test
    void everyNodeOfAClusterIsSpokenToOverTls() throws Exception {
        SSLContext context = context("ip:127.0.0.1");
        PemFiles pem = PemFiles.of(directory.resolve("keys.p12"), PASSWORD);
        try (ClusterRig cluster = ClusterRig.overTls(InstalledRedis.required(), pem);
                StoreRig rig = new StoreRig()) {
            isStoredAndReceived(rig.model(cluster.uri(""), b -> b.sslContext(context)));
        }
    }

    /** Closing TLS itself would wait for whoever writes, and that for the peer. */
    @Test
    void connectionToAPeerThatTakesNothingCanBeClosed() throws Exception {
        SSLContext context = context("ip:127.0.0.1");
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try (ServerSocket listener =
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HostAndPort node = new HostAndPort("127.0.0.1", listener.getLocalPort());
            RedisSocketFactory sockets = new RedisSocketFactory(node, true, context, 5_000, 5_000);
            Future<SSLSocket> accepted = writer.submit(() -> {
                SSLSocket peer = (SSLSocket) listener.accept();
                peer.startHandshake();
                return peer;
            });
            try (Socket socket = sockets.createSocket();
                    SSLSocket peer = accepted.get()) {
                AtomicLong written = new AtomicLong();
                Future<?> writing = writer.submit(() -> {
                    for (byte[] bytes = new byte[16 << 10]; ; written.addAndGet(bytes.length)) {
                        socket.getOutputStream().write(bytes);
                    }
                });
                awaitStandstill(written);

                sockets.close();

                assertThatThrownBy(() -> writing.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
                assertThat(peer.isConnected()).isTrue();
            }
        } finally {
            writer.shutdownNow();
        }
    }

    private static void awaitStandstill(AtomicLong counter) {
        AtomicLong before = new AtomicLong(-1);
        StoreRig.await()
                .pollInterval(Duration.ofMillis(300))
                .until(() -> counter.get() > 0 && before.getAndSet(counter.get()) == counter.get());
    }

    private static void isStoredAndReceived(NodeModel node) {
        StoreRig.publish(node.broadcaster(), StoreRig.CPU, 1, 5);
        StoreRig.await()
                .untilAsserted(
                        () -> assertThat(StoreRig.numbers(node.log(StoreRig.CPU).received()))
                                .containsExactly(1, 2, 3, 4, 5));
    }
}
