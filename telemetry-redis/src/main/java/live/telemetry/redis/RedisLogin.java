package live.telemetry.redis;

import org.jspecify.annotations.Nullable;

/**
 * As whom to log in.
 *
 * @param user ACL user; null for the default user
 * @param password null where there is none
 */
record RedisLogin(@Nullable String user, @Nullable String password) {

    static final RedisLogin NONE = new RedisLogin(null, null);

    /** Without the password: this may go into logs. */
    @Override
    public String toString() {
        return user == null ? "default user" : user;
    }
}
