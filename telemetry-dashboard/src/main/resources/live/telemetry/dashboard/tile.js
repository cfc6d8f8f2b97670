import { el, setText } from './dom.js';
import { jsonText, quantity } from './format.js';
import { drawSparkline } from './sparkline.js';
import { viewsOf } from './views.js';

const EVERY_MS = 1_000;

/** A topic at a glance: its most telling number, and that number's shape over the window. Opens and closes the topic's chart. */
export class Tile {
  every = EVERY_MS;
  dueAt = 0;
  element;
  #topic;
  #context;
  #title = el('span', { class: 'tile-title' });
  #number = el('span', { class: 'tile-number' });
  #unit = el('span', { class: 'tile-unit' });
  #what = el('span', { class: 'tile-what' });
  #canvas = el('canvas', { class: 'sparkline', 'aria-hidden': 'true' });
  #shape = -1;
  #line;
  #lineUnit = '';

  constructor(topic, context, onToggle) {
    this.#topic = topic;
    this.#context = context;
    const value = el('span', { class: 'tile-value' }, this.#number, this.#unit);
    this.element = el('button', { class: 'tile', 'aria-pressed': 'false', title: topic.name }, this.#title, value, this.#what, this.#canvas);
    this.element.addEventListener('click', onToggle);
    this.describe();
  }

  /** The topic's description, or its lines, may have changed. */
  describe() {
    const { descriptions } = this.#context;
    setText(this.#title, descriptions.topic(this.#topic.name).title);
    const [view] = viewsOf(this.#topic, descriptions);
    this.#line = view?.lines[0];
    this.#lineUnit = view?.unit ?? '';
    setText(this.#what, view ? this.#name(view) : '');
    this.#shape = this.#topic.shape;
    this.dueAt = 0;
  }

  /** What the number is: its field, and its key if it has one. */
  #name({ lines: [line] }) {
    const { key, field } = this.#topic.columns[line.column];
    const { label } = this.#context.descriptions.field(this.#topic.name, field);
    return key ? `${label} · ${key}` : label;
  }

  set open(isOpen) {
    this.element.setAttribute('aria-pressed', String(isOpen));
  }

  draw() {
    if (this.#shape !== this.#topic.shape) {
      this.describe();
      this.dueAt = performance.now() + EVERY_MS;
    }
    this.#number.classList.toggle('is-text', !this.#line);
    if (!this.#line) {
      this.#drawText();
      return;
    }
    const { number, unit } = quantity(this.#topic.table.latest(this.#line.column), this.#lineUnit);
    setText(this.#number, number);
    setText(this.#unit, unit);
    drawSparkline(this.#canvas, this.#topic, this.#line.column, this.#context.window.range());
  }

  #drawText() {
    const [newest] = [...this.#topic.latest.values()].slice(-1);
    setText(this.#number, newest ? jsonText(newest.data, 24) : '–');
  }
}
