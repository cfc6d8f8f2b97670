/** The colours of the theme, as the style sheet has them, for what is drawn on a canvas. */
export const SERIES = 8;

class Palette {
  #colours = {};

  constructor() {
    this.read();
  }

  /** After the theme has changed. */
  read() {
    const style = getComputedStyle(document.documentElement);
    const names = ['grid', 'muted', 'warn', 'warn-soft', ...Array.from({ length: SERIES }, (_, i) => `series-${i + 1}`)];
    this.#colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  get(name) {
    return this.#colours[name];
  }

  series(index) {
    return this.#colours[`series-${(index % SERIES) + 1}`];
  }
}

export const palette = new Palette();
