const KEPT = 64;

/**
 * How late records come. The server's clock may differ from this one: it is taken to be ahead or behind by as much as the record that came
 * fastest says, half a round trip included.
 */
export class Lag {
  #ages = new Float64Array(KEPT);
  #count = 0;
  #fastest = Infinity;

  /** Of a record that came just now, and was not waiting. */
  note(ts, now, rtt = 0) {
    const age = now - ts;
    this.#fastest = Math.min(this.#fastest, age - rtt / 2);
    this.#ages[this.#count++ % KEPT] = age;
  }

  /** The server's clock less ours, in milliseconds; 0 until something is known. */
  get offset() {
    return Number.isFinite(this.#fastest) ? -this.#fastest : 0;
  }

  /** The median of the last records, or undefined. */
  get millis() {
    if (!this.#count) return undefined;
    const ages = this.#ages.slice(0, Math.min(this.#count, KEPT)).sort();
    return Math.max(0, ages[ages.length >> 1] - this.#fastest);
  }

  /** Another server has another clock. */
  reset() {
    this.#count = 0;
    this.#fastest = Infinity;
  }
}
