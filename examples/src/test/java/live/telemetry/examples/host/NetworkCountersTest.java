package live.telemetry.examples.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkCountersTest {

    private static final NetworkCounters BEFORE = new NetworkCounters(1_000, 2_000, 10, 20, 0);

    @Test
    void ratesAreForTheTimeThatReallyPassed() {
        NetworkCounters after = new NetworkCounters(6_000, 4_500, 20, 25, 2_500_000_000L);

        assertThat(after.since(BEFORE)).contains(new NetworkRates(2_000, 1_000, 4, 2));
    }

    @Test
    void thereIsNoRateWhenAnInterfaceCountsAnew() {
        assertThat(new NetworkCounters(5, 2_500, 20, 25, 1_000_000_000L).since(BEFORE))
                .isEmpty();
    }

    @Test
    void thereIsNoRateWithoutTime() {
        assertThat(BEFORE.since(BEFORE)).isEmpty();
    }
}
