package live.telemetry.server.net.websocket;

/** The frames that a server writes (RFC 6455 §11.8). */
final class Opcode {

    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private Opcode() {}
}
