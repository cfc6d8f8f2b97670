package live.telemetry.server.net.http;

import static live.telemetry.server.net.http.Heads.assertRefused;
import static live.telemetry.server.net.http.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import live.telemetry.core.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSourcesTest {

    private static final TokenSources ALL = new TokenSources(true, "session");
    private static final Admission TRUSTED = new Admission("http://localhost:8080", true);
    private static final Admission UNTRUSTED = new Admission(null, false);

    private static final String HEADER = "Authorization: Bearer from-header";
    private static final String SUBPROTOCOL = "Sec-WebSocket-Protocol: telemetry.v1, bearer.from-subprotocol";
    private static final String QUERY = "/telemetry?access_token=from-query";
    private static final String COOKIE = "Cookie: a=b; session=from-cookie; c=d";

    @Test
    void theFirstSourceInOrderWins() {
        assertThat(ALL.find(get(QUERY, COOKIE, SUBPROTOCOL, HEADER), TRUSTED)).contains("from-header");
        assertThat(ALL.find(get(QUERY, COOKIE, SUBPROTOCOL), TRUSTED)).contains("from-subprotocol");
        assertThat(ALL.find(get(QUERY, COOKIE), TRUSTED)).contains("from-query");
        assertThat(ALL.find(get("/telemetry", COOKIE), TRUSTED)).contains("from-cookie");
        assertThat(ALL.find(get("/telemetry"), TRUSTED)).isEmpty();
    }

    @Test
    void queryAndCookieAreOffByDefault() {
        assertThat(TokenSources.DEFAULT.find(get(QUERY, COOKIE), TRUSTED)).isEmpty();
        assertThat(TokenSources.DEFAULT.find(get(QUERY, HEADER), TRUSTED)).contains("from-header");
        assertThat(TokenSources.DEFAULT.find(get(QUERY, SUBPROTOCOL), TRUSTED)).contains("from-subprotocol");
    }

    @Test
    void aCookieCountsOnlyFromATrustedPage() {
        assertThat(ALL.find(get("/telemetry", COOKIE), UNTRUSTED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer x.y-z", "BEARER x.y-z", "Bearer   x.y-z", "Bearer\tx.y-z "})
    void theSchemeHasNoCase(String value) {
        assertThat(ALL.find(get("/", "Authorization: " + value), UNTRUSTED)).contains("x.y-z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer b", "Bearer \u00e4", "bearer \ta\tb"})
    void aMalformedAuthorizationIsRefusedWhateverElseThereIs(String value) {
        assertRefused(
                ErrorCode.UNAUTHENTICATED, () -> ALL.find(get(QUERY, SUBPROTOCOL, "Authorization: " + value), TRUSTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "Bearerx a", "Digest a=b", ""})
    void otherSchemesAreNotLookedAt(String value) {
        assertThat(ALL.find(get("/", SUBPROTOCOL, "Authorization: " + value), UNTRUSTED))
                .contains("from-subprotocol");
        assertThat(ALL.find(get("/", "Authorization: " + value), UNTRUSTED)).isEmpty();
    }

    @Test
    void twoTokensInOneSourceAreRefused() {
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/", HEADER, HEADER + "2"), TRUSTED));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/", SUBPROTOCOL + ", bearer.b"), TRUSTED));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get(QUERY + "&access_token=b"), TRUSTED));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/", COOKIE + "; session=b"), TRUSTED));
        assertThat(ALL.find(get("/", COOKIE, COOKIE), TRUSTED)).contains("from-cookie");
    }

    @Test
    void emptyTokensAreRefused() {
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/?access_token="), TRUSTED));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/?access_token=a%20b"), TRUSTED));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/", "Cookie: session="), TRUSTED));
        assertRefused(
                ErrorCode.UNAUTHENTICATED,
                () -> ALL.find(get("/", "Sec-WebSocket-Protocol: telemetry.v1, bearer."), TRUSTED));
    }

    @Test
    void cookiesAreFoundByTheirWholeName() {
        assertThat(ALL.find(get("/", "Cookie: xsession=a; Session=b;session=\"c\";"), TRUSTED))
                .contains("c");
        assertThat(ALL.find(get("/", "Cookie: x=session=a; session"), TRUSTED)).isEmpty();
    }

    @Test
    void refusalsDoNotShowTheToken() {
        HttpException refusal = assertRefused(
                ErrorCode.UNAUTHENTICATED, () -> ALL.find(get("/", "Authorization: Bearer se cret"), TRUSTED));
        assertThat(refusal.getMessage()).doesNotContain("cret");
    }

    @Test
    void theNameOfTheCookieIsChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenSources(false, "a=b"));
    }
}
