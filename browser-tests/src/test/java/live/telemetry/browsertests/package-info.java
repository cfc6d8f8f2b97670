/** The browser client in a real Chromium, against real servers and whatever can go wrong between them. */
@NullMarked
package live.telemetry.browsertests;

import org.jspecify.annotations.NullMarked;
