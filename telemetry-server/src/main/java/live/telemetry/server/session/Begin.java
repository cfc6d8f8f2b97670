package live.telemetry.server.session;

/** Whoever subscribes for a peer that sends no messages, and is told how it went. On the session's loop. */
public interface Begin {

    /** The topics that there are have been looked up; what is born later comes by itself. */
    void begun();

    /** It cannot begin, and has ended. */
    void failed(Throwable error);
}
