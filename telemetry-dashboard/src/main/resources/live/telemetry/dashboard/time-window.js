/** Which span of time all charts show: the last minutes, a part that was zoomed into, or what was there when drawing was paused. */
export class TimeWindow {
  minutes;
  /** @type {{ from: number, to: number } | undefined} milliseconds */
  zoomed;
  #clock;
  #pausedAt;

  /** @param {() => number} clock the server's time @param {number} minutes */
  constructor(clock, minutes) {
    this.#clock = clock;
    this.minutes = minutes;
  }

  get length() {
    return this.minutes * 60_000;
  }

  get paused() {
    return this.#pausedAt !== undefined;
  }

  pause() {
    this.#pausedAt = this.#clock();
  }

  resume() {
    this.#pausedAt = undefined;
  }

  range() {
    if (this.zoomed) return this.zoomed;
    const to = this.#pausedAt ?? this.#clock();
    return { from: to - this.length, to };
  }

  /** @param {number} from @param {number} to at least a second apart */
  zoom(from, to) {
    const middle = (from + to) / 2;
    const half = Math.max(500, (to - from) / 2);
    this.zoomed = { from: middle - half, to: middle + half };
  }
}
