package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RightsTest {

    private static final Topic CPU = Topic.of("host.cpu");
    private static final Topic ORDERS = Topic.of("app.orders");

    @Test
    void readingAndWritingAreGrantedApart() {
        Rights rights = new Rights(List.of(TopicPattern.of("host.>")), List.of(TopicPattern.of("app.orders")));

        assertThat(rights.maySubscribe(CPU)).isTrue();
        assertThat(rights.mayPublish(CPU)).isFalse();
        assertThat(rights.maySubscribe(ORDERS)).isFalse();
        assertThat(rights.mayPublish(ORDERS)).isTrue();
    }

    @Test
    void anyOfThePatternsIsEnough() {
        Rights rights = new Rights(List.of(TopicPattern.of("x"), TopicPattern.of("*.cpu")), List.of());

        assertThat(rights.maySubscribe(CPU)).isTrue();
        assertThat(rights.maySubscribe(Topic.of("x"))).isTrue();
        assertThat(rights.maySubscribe(Topic.of("x.y"))).isFalse();
    }

    @Test
    void nothingIsGrantedByEmptyLists() {
        Rights none = new Rights(List.of(), List.of());

        assertThat(none.maySubscribe(CPU)).isFalse();
        assertThat(none.mayPublish(CPU)).isFalse();
    }

    @Test
    void constantsSayWhatTheyGrant() {
        assertThat(Rights.READ_ALL.maySubscribe(CPU)).isTrue();
        assertThat(Rights.READ_ALL.mayPublish(CPU)).isFalse();
        assertThat(Rights.ALL.maySubscribe(CPU)).isTrue();
        assertThat(Rights.ALL.mayPublish(CPU)).isTrue();
    }

    @Test
    void laterChangesOfTheListsGrantNothing() {
        List<TopicPattern> subscribe = new ArrayList<>();
        List<TopicPattern> publish = new ArrayList<>();
        Rights rights = new Rights(subscribe, publish);

        subscribe.add(TopicPattern.ALL);
        publish.add(TopicPattern.ALL);

        assertThat(rights.maySubscribe(CPU)).isFalse();
        assertThat(rights.mayPublish(CPU)).isFalse();
    }
}
