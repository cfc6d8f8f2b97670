package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebPagesTest {

    private static final WebPages INDEX_ONLY = WebPages.NONE.with("index.html", new byte[] {1});

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a.js",
                "a/",
                "a//b",
                ".",
                "..",
                "../a.js",
                "a/../b.js",
                "a b",
                "a\\b",
                "ä.js",
                "a?b",
                "%2e"
            })
    void aNameThatIsNoPathIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebPages.NONE.with(name, new byte[0]))
                .withMessage("a page's name must look like app.js or fonts/mono.woff2: " + name);
    }

    @Test
    void aNameStandsOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> INDEX_ONLY.with("index.html", new byte[0]))
                .withMessage("there is a page of that name already: index.html");
    }

    @Test
    void aResourceThatIsNotThereIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebPages.NONE.withResource("a.js", WebPagesTest.class, "nowhere.js"))
                .withMessage("there is no resource nowhere.js beside live.telemetry.server.WebPagesTest");
    }

    @Test
    void aResourceIsRead() {
        WebPages pages = WebPages.NONE.withResource("a/corpus.txt", WebPagesTest.class, "raw-requests.txt");
        assertThat(pages.files().get("a/corpus.txt")).isNotEmpty();
    }

    @Test
    void whatWasGivenMayChangeAfterwards() {
        byte[] content = {1};
        WebPages pages = WebPages.NONE.with("a.js", content);
        content[0] = 2;
        assertThat(pages.files().get("a.js")).containsExactly(1);
        assertThat(WebPages.NONE.files()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control | max-age=1 | the server sets this header by itself: Cache-Control",
                "etag | x | the server sets this header by itself: etag",
                "X Y | z | not a valid header field: X Y",
                "x-known | again | this header is there already: x-known",
            })
    void aHeaderThatCannotBeSentIsRefused(String name, String value, String message) {
        WebPages pages = WebPages.NONE.withHeader("X-Known", "once");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pages.withHeader(name, value))
                .withMessage(message);
    }

    @Test
    void aHeaderCannotBeginASecondAnswer() {
        assertThatIllegalArgumentException().isThrownBy(() -> WebPages.NONE.withHeader("X", "a\r\nSet-Cookie: b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dashboard", "/dashboard/", "//", "/a b"})
    void aPathThatIsNoneIsRefused(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TelemetryServer.builder().pages(path, INDEX_ONLY))
                .withMessage("the path of pages must look like /dashboard, or be /: " + path);
    }

    @Test
    void onePathServesOnePage() {
        TelemetryServerBuilder builder =
                TelemetryServer.builder().pages("/a", WebPages.NONE.with("b/c.js", new byte[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.pages("/a/b", WebPages.NONE.with("c.js", new byte[0])))
                .withMessage("two pages are to be served at /a/b/c.js");
    }

    @ParameterizedTest
    @CsvSource({"/live, index.html, /live/index.html", "/, live, /live", "/live/x, a.js, /live/x/a.js"})
    void pagesAreNotInTheWayOfTelemetry(String at, String name, String taken) {
        TelemetryServerBuilder builder = TelemetryServer.builder()
                .allowAnonymous()
                .pages(at, WebPages.NONE.with(name, new byte[0]))
                .path("/live");
        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessage(
                        "the page at " + taken
                                + " is in the way of telemetry, which has /live and all below it; choose another path for either");
        builder.path("/elsewhere").build();
    }

    @Test
    void pagesMayStandBesideTelemetry() {
        TelemetryServer.builder()
                .allowAnonymous()
                .pages("/", INDEX_ONLY)
                .pages("/telemetry-dashboard", INDEX_ONLY)
                .build();
    }
}
