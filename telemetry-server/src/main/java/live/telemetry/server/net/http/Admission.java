package live.telemetry.server.net.http;

import org.jspecify.annotations.Nullable;

/**
 * What {@link AccessRules} found out about a request that they let in.
 *
 * @param origin the allowed {@code Origin} as it came, to be named in the answer; null if there was none
 * @param cookiesCount whether a cookie can be taken for the will of its owner: a browser adds cookies to requests of any
 *     page, so the page must be known to be a trusted one
 */
public record Admission(@Nullable String origin, boolean cookiesCount) {}
