package live.telemetry.core;

/** Decides who a peer is, before its connection is upgraded. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Verifies a token. Called on a worker thread of the server, never on an event loop, so it may block (to look up a key,
     * say); several calls may run at once.
     *
     * @param credentials what the peer brought
     * @return who it is, and what it may do
     * @throws AuthenticationException if the token is not accepted; its message is sent to the peer
     */
    Identity authenticate(Credentials credentials);

    /**
     * What a peer brought.
     *
     * @param token the bearer token, as it came
     */
    record Credentials(String token) {
        /** Never shows the token, so that it cannot reach a log. */
        @Override
        public String toString() {
            return "Credentials[token=***]";
        }
    }
}
