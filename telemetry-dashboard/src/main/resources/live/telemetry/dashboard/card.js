import { Chart } from './chart.js';
import { historyTable, latestTable } from './data-table.js';
import { el, setText } from './dom.js';
import { text, time } from './format.js';
import { plotData, viewsOf } from './views.js';

const NAME_OF_TABLE = { true: 'Chart', false: 'Table' };

/** A topic in full: its chart with a legend that reads out values, or its data as a table. */
export class Card {
  dueAt = 0;
  element;
  topic;
  #context;
  #title = el('h3');
  #choice = el('select', { 'aria-label': 'What is shown', hidden: true });
  #toTable = el('button', { class: 'quiet', 'aria-pressed': 'false' }, NAME_OF_TABLE.false);
  #plot = el('div', { class: 'plot', tabindex: '0', role: 'group' });
  #legend = el('ul', { class: 'legend' });
  #note = el('p', { class: 'note' });
  #table = el('div', { class: 'table', hidden: true, tabindex: '0', role: 'group' });
  #views = [];
  #chosen;
  #hidden = new Set();
  #values = [];
  #chart;
  #wantsTable = false;
  #cursor = null;
  #shape = -1;

  constructor(topic, context, onClose) {
    this.topic = topic;
    this.#context = context;
    const close = el('button', { class: 'quiet', 'aria-label': `Close ${topic.name}`, title: 'Close' }, '×');
    const head = el('header', {}, this.#title, el('code', {}, topic.name), this.#note, this.#choice, this.#toTable, close);
    this.element = el('article', { class: 'card', 'data-topic': topic.name }, head, this.#plot, this.#legend, this.#table);
    close.addEventListener('click', onClose);
    this.#choice.addEventListener('change', () => this.#choose(this.#choice.value));
    this.#toTable.addEventListener('click', () => {
      this.#wantsTable = !this.#wantsTable;
      this.#turn();
    });
    this.#plot.addEventListener('keydown', (event) => this.#key(event));
    this.describe();
  }

  /** How often a pixel's worth of time passes; calmer where motion is not wanted. */
  get every() {
    const { window, isCalm } = this.#context;
    return Math.max(isCalm() ? 1_000 : 100, Math.min(1_000, window.length / (this.#plot.clientWidth || 600)));
  }

  describe() {
    const { descriptions } = this.#context;
    const { title } = descriptions.topic(this.topic.name);
    setText(this.#title, title);
    this.#plot.setAttribute('aria-label', `Chart of ${title}. Left and right arrow keys read out values, plus and minus zoom, Escape resets.`);
    this.#table.setAttribute('aria-label', `Data of ${title}`);
    this.#views = viewsOf(this.topic, descriptions);
    this.#shape = this.topic.shape;
    const names = this.#views.map(({ name }) => name);
    this.#choice.replaceChildren(...names.map((name) => el('option', {}, name)));
    this.#choice.hidden = names.length < 2;
    this.#choose(names.includes(this.#chosen) ? this.#chosen : names[0]);
  }

  get #view() {
    return this.#views.find(({ name }) => name === this.#chosen);
  }

  #choose(name) {
    if (name !== this.#chosen) this.#hidden.clear();
    this.#chosen = name;
    if (name !== undefined) this.#choice.value = name;
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#cursor = null;
    const view = this.#view;
    this.#fillLegend(view?.lines ?? []);
    const left = (view?.more ?? 0) + this.topic.leftOut;
    setText(this.#note, view?.more ? `${view.lines.length} of ${view.lines.length + view.more} lines` : left ? 'some are left out' : '');
    this.#turn();
    this.#toTable.hidden = !view;
  }

  #fillLegend(lines) {
    this.#values = lines.map(() => el('b'));
    const entries = lines.map(({ label }, index) => {
      const swatch = el('span', { class: `swatch series-${(index % 8) + 1}`, 'aria-hidden': 'true' });
      const button = el('button', { 'aria-pressed': String(!this.#hidden.has(label)), title: `Show or hide ${label}` }, swatch, el('span', {}, label), this.#values[index]);
      button.addEventListener('click', () => this.#toggle(label, index, button));
      return el('li', {}, button);
    });
    this.#legend.replaceChildren(...entries);
  }

  #toggle(label, index, button) {
    const isShown = this.#hidden.has(label);
    if (isShown) this.#hidden.delete(label);
    else this.#hidden.add(label);
    button.setAttribute('aria-pressed', String(isShown));
    this.#chart?.show(index, isShown);
  }

  /** Without a number there is nothing but the table. */
  #turn() {
    const isTable = this.#wantsTable || !this.#view;
    this.#table.hidden = !isTable;
    this.#plot.hidden = this.#legend.hidden = isTable;
    this.#toTable.setAttribute('aria-pressed', String(isTable));
    setText(this.#toTable, NAME_OF_TABLE[isTable]);
    this.dueAt = 0;
  }

  #key(event) {
    const { key } = event;
    const { zoomBy, reset } = this.#context;
    const actions = {
      ArrowLeft: () => this.#chart?.step(event.shiftKey ? -10 : -1),
      ArrowRight: () => this.#chart?.step(event.shiftKey ? 10 : 1),
      '+': () => zoomBy(0.5),
      '-': () => zoomBy(2),
      Escape: () => {
        this.#chart?.leave();
        reset();
      },
    };
    if (!Object.hasOwn(actions, key)) return;
    event.preventDefault();
    event.stopPropagation();
    actions[key]();
  }

  draw() {
    if (this.#shape !== this.topic.shape) this.describe();
    const view = this.#view;
    const range = this.#context.window.range();
    const data = plotData(this.topic, view?.lines ?? [], range);
    if (!this.#table.hidden) {
      const latest = latestTable(this.topic, this.#context.descriptions);
      this.#table.replaceChildren(latest, ...(view ? [historyTable(data, view.lines, view.unit)] : []));
      this.dueAt = performance.now() + 1_000;
      return;
    }
    this.#chart ??= this.#newChart(view);
    this.#chart.draw(data, range, this.topic.gaps);
    this.#readOut();
  }

  #newChart({ unit, lines }) {
    const { zoom, reset } = this.#context;
    return new Chart(this.#plot, {
      unit,
      lines: lines.map(({ label }) => ({ label, hidden: this.#hidden.has(label) })),
      onZoom: zoom,
      onReset: reset,
      onResize: () => (this.dueAt = 0),
      onCursor: (index) => {
        this.#cursor = index;
        this.#readOut();
      },
    });
  }

  /** The values under the cursor, or else the newest. */
  #readOut() {
    const view = this.#view;
    if (!view || !this.#chart) return;
    const at = this.#cursor === null ? undefined : this.#chart.at(this.#cursor);
    const values = at?.values ?? view.lines.map(({ column }) => this.topic.table.latest(column));
    values.forEach((value, index) => setText(this.#values[index], text(value, view.unit)));
    if (at) setText(this.#note, time(at.time));
    else if (view.more) setText(this.#note, `${view.lines.length} of ${view.lines.length + view.more} lines`);
    else setText(this.#note, '');
  }

  recolour() {
    this.#chart?.recolour();
  }

  destroy() {
    this.#chart?.destroy();
    this.element.remove();
  }
}
