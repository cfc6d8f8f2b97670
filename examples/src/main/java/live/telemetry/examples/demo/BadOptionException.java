package live.telemetry.examples.demo;

/** A command line that makes no sense; the message says which option, and what it takes. */
final class BadOptionException extends RuntimeException {

    BadOptionException(String message) {
        super(message);
    }
}
