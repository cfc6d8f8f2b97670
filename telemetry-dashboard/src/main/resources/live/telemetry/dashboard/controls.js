import { byId, setText } from './dom.js';
import { count } from './format.js';
import { palette } from './palette.js';
import * as settings from './settings.js';

/** What people do to what is shown: window, zoom, pause, theme, search; by mouse and by key. */
export class Controls {
  #window;
  #frames;
  #board;
  #onWindow;
  #heldBack = 0;

  /**
   * @param {import('./time-window.js').TimeWindow} window
   * @param {import('./frames.js').Frames} frames
   * @param {import('./board.js').Board} board
   * @param {{ onWindow(): void, onPanel(): void }} told another length of time is shown; the panel is asked for
   */
  constructor(window, frames, board, { onWindow, onPanel }) {
    this.#window = window;
    this.#frames = frames;
    this.#board = board;
    this.#onWindow = onWindow;
    byId('search').addEventListener('input', (event) => board.search(event.target.value));
    byId('windows').addEventListener('click', ({ target }) => target.dataset.minutes && this.#setMinutes(Number(target.dataset.minutes)));
    byId('pause').addEventListener('click', () => this.#togglePause());
    byId('zoomed').addEventListener('click', () => this.reset());
    byId('theme').addEventListener('click', () => this.#toggleTheme());
    const keys = {
      '/': () => byId('search').focus(),
      p: () => this.#togglePause(),
      t: () => this.#toggleTheme(),
      c: onPanel,
      Escape: () => this.reset(),
      ...Object.fromEntries(settings.MINUTES.map((minutes, index) => [index + 1, () => this.#setMinutes(minutes)])),
    };
    document.addEventListener('keydown', (event) => onKey(event, keys));
    matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => this.#setTheme(settings.theme()));
    this.#setTheme(settings.theme());
    this.#press();
  }

  /** A record came that is not shown while drawing is paused. */
  holdBack() {
    if (this.#window.paused) this.#heldBack++;
  }

  show() {
    setText(byId('pause'), this.#window.paused ? `Resume · ${count(this.#heldBack)} new` : 'Pause');
  }

  /** All charts show this span, in milliseconds. */
  zoom(from, to) {
    this.#window.zoom(from, to);
    byId('zoomed').hidden = false;
    this.#frames.redraw();
  }

  zoomBy(factor) {
    const { from, to } = this.#window.range();
    const middle = (from + to) / 2;
    const half = ((to - from) / 2) * factor;
    this.zoom(middle - half, middle + half);
  }

  /** Back to the last minutes. */
  reset() {
    this.#window.zoomed = undefined;
    byId('zoomed').hidden = true;
    this.#frames.redraw();
  }

  #setMinutes(minutes) {
    this.#window.minutes = minutes;
    settings.rememberMinutes(minutes);
    this.#press();
    this.reset();
    this.#onWindow();
  }

  #press() {
    for (const button of byId('windows').children) {
      button.setAttribute('aria-pressed', String(Number(button.dataset.minutes) === this.#window.minutes));
    }
  }

  #togglePause() {
    const isPaused = !this.#window.paused;
    if (isPaused) this.#window.pause();
    else this.#window.resume();
    this.#heldBack = 0;
    this.#frames.paused = isPaused;
    byId('pause').setAttribute('aria-pressed', String(isPaused));
    this.#frames.redraw();
    this.show();
  }

  #setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    palette.read();
    this.#board.recolour();
  }

  #toggleTheme() {
    const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    settings.rememberTheme(theme);
    this.#setTheme(theme);
  }
}

function onKey(event, keys) {
  const isTyping = event.target.closest?.('input, select, textarea');
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
}
