package live.telemetry.server.node;

/** Somebody who wants to know that a topic's log has changed. */
@FunctionalInterface
public interface TopicWatcher {

    /** There is something to read, or another epoch. Called on any thread; must neither block nor throw. */
    void topicChanged();
}
