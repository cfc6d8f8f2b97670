package live.telemetry.client;

import java.util.Collection;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.Since;

/** What a {@link TopicStream} asks of the server. Only on the loop. */
interface StreamRequests {

    /** Asks for a range of records. */
    long resync(TopicStream stream, String epoch, long from, long to);

    /** Whatever is answered to that request is out of date. */
    void forget(long requestId);

    /** Moves the topic's cursor at the server, for these readers; {@link TopicStream#begun} follows. */
    void rewind(Topic topic, Since since, Collection<TopicReader> readers);

    /** A record came of a topic that nobody has named. Whether its cursor is now moved to where a pattern wants it. */
    boolean placeUnnamed(Topic topic);
}
