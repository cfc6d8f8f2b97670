package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import live.telemetry.core.Rights;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus of {@code raw-requests.txt}, each in one packet and byte by byte: how it is cut must not matter. */
class RawRequestsIT {

    private static TelemetryServer server;

    @BeforeAll
    static void start() {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous(Rights.ALL)
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static List<RawRequest> corpus() throws IOException {
        return RawRequest.read("raw-requests.txt");
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void isAnsweredAsItMustBe(RawRequest request) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(request.bytes("127.0.0.1:" + server.port()));
            expect(request, peer);
        }
    }

    static Stream<RawRequest> shortOnes() throws IOException {
        return corpus().stream().filter(request -> request.bytes("").length < 1_000);
    }

    @ParameterizedTest
    @MethodSource("shortOnes")
    void isAnsweredAlikeHoweverItIsCut(RawRequest request) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            try {
                peer.drip(request.bytes("127.0.0.1:" + server.port()));
            } catch (IOException e) {
                // It was refused, and the connection closed, before the last byte; the answer may have come all the
                // same.
                return;
            }
            expect(request, peer);
        }
    }

    private static void expect(RawRequest request, RawPeer peer) throws IOException {
        List<String> came = new ArrayList<>();
        boolean ends = false;
        for (String expected : request.statuses()) {
            ends = expected.endsWith("!");
            HttpReply reply = peer.reply();
            came.add(reply.status() + (ends ? "!" : ""));
            if (reply.status() >= 400) {
                assertThat(reply.json().get("type").getAsString()).isEqualTo("error");
            }
            assertThat(reply.header("Connection").isPresent())
                    .as("Connection: close")
                    .isEqualTo(ends);
        }
        assertThat(came).isEqualTo(request.statuses());
        if (ends) {
            peer.expectEnd();
        } else {
            assertThat(peer.exchange(peer.request("GET /telemetry/health")).status())
                    .as("nothing is left over, and the connection goes on")
                    .isEqualTo(200);
        }
    }
}
