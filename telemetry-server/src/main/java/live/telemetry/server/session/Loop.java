package live.telemetry.server.session;

/** The event loop that a session lives on, as the session sees it. */
public interface Loop {

    /** Its number, from 0: which reader of the logs it is. */
    int number();

    /** Runs a task on the loop, soon. Any thread. */
    void execute(Runnable task);

    /** Makes the loop look for changed topics, if it is asleep. Any thread; cheap if it is awake. */
    void wakeUp();

    /** Runs a task on the loop, after a time. Only on the loop. */
    Timer schedule(long delayNanos, Runnable task);

    /** A clock that only grows, in nanoseconds. */
    long nanoTime();

    /** Milliseconds since 1970. */
    long wallMillis();

    /** What {@link #schedule} will run. */
    interface Timer {
        /** Does not run it any more. Only on the loop. */
        void cancel();
    }
}
