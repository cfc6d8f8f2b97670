/** What drawing may take of a frame; what is left over comes with the next one. */
const BUDGET_MS = 3;
const KEPT_FRAMES = 600;

/**
 * Draws what is visible, in turn, as often as each wants, on animation frames, and measures the script of each frame: what drawing took,
 * and what handling records took since the frame before.
 */
export class Frames {
  /** @type {Set<{ every: number, dueAt: number, draw(now: number): void }>} */
  #visible = new Set();
  #observer;
  #byElement = new WeakMap();
  #spent = 0;
  #times = new Float64Array(KEPT_FRAMES);
  #frames = 0;
  #onFrame;
  paused = false;

  /** @param {() => void} onFrame is called at the beginning of each frame */
  constructor(onFrame) {
    this.#onFrame = onFrame;
    this.#observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.#seen(entry)), { rootMargin: '100px' });
    requestAnimationFrame(() => this.#frame());
  }

  /** @param {Element} element while it is in sight, the item is drawn */
  add(element, item) {
    item.dueAt = 0;
    this.#byElement.set(element, item);
    this.#observer.observe(element);
  }

  remove(element) {
    this.#observer.unobserve(element);
    this.#visible.delete(this.#byElement.get(element));
  }

  #seen({ target, isIntersecting }) {
    const item = this.#byElement.get(target);
    if (isIntersecting) this.#visible.add(item);
    else this.#visible.delete(item);
  }

  /** Everything is drawn with the next frames, paused or not. */
  redraw() {
    for (const item of this.#visible) item.dueAt = 0;
  }

  /** So much script ran since the last frame, in milliseconds. */
  spend(ms) {
    this.#spent += ms;
  }

  #frame() {
    // First of all, so that nothing below can end it.
    requestAnimationFrame(() => this.#frame());
    const begin = performance.now();
    this.#onFrame();
    for (const item of this.#visible) {
      const isForced = item.dueAt === 0;
      if (this.paused ? !isForced : item.dueAt > begin) continue;
      item.dueAt = begin + item.every;
      item.draw();
      // Behind the others, so that each has its turn.
      this.#visible.delete(item);
      this.#visible.add(item);
      if (performance.now() - begin > BUDGET_MS) break;
    }
    this.#times[this.#frames++ % KEPT_FRAMES] = this.#spent + performance.now() - begin;
    this.#spent = 0;
  }

  /** @returns {{ p50: number, p99: number, max: number, frames: number }} milliseconds of script, of the last frames */
  stats() {
    const times = this.#times.slice(0, Math.min(this.#frames, KEPT_FRAMES)).sort();
    const at = (part) => times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1), frames: this.#frames };
  }
}
