import { stateText, TRANSPORTS } from './badge.js';
import { byId, el, setText } from './dom.js';
import { count, text, time } from './format.js';

const MAX_EVENTS = 50;
const KINDS = { websocket: ['websocket'], sse: ['sse'], poll: ['poll'], '': ['websocket', 'sse', 'poll'] };

/** The details of the connection, and what one can do to it. */
export class Panel {
  #panel = byId('panel');
  #opener;
  #facts = new Map();
  #events = byId('events');

  /** @param {Element} opener what it is opened with @param {{ drop(): void, use(kinds: string[]): void }} actions */
  constructor(opener, { drop, use }) {
    this.#opener = opener;
    opener.addEventListener('click', () => this.toggle());
    byId('panel-close').addEventListener('click', () => this.toggle(false));
    byId('drop').addEventListener('click', drop);
    const buttons = [...byId('transports').children];
    const press = (pressed) => buttons.forEach((button) => button.setAttribute('aria-pressed', String(button === pressed)));
    for (const button of buttons) {
      button.addEventListener('click', () => {
        press(button);
        use(KINDS[button.dataset.transport]);
      });
    }
    press(buttons[0]);
    this.#panel.addEventListener('keydown', (event) => event.key === 'Escape' && this.toggle(false));
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  toggle(isOpen = this.#panel.hidden) {
    this.#panel.hidden = !isOpen;
    this.#opener.setAttribute('aria-expanded', String(isOpen));
    document.body.classList.toggle('with-panel', isOpen);
    (isOpen ? byId('panel-close') : this.#opener).focus();
  }

  /** Something that happened, newest first. */
  note(message, now = Date.now()) {
    this.#events.prepend(el('li', {}, el('time', {}, time(now)), el('span', {}, message)));
    while (this.#events.children.length > MAX_EVENTS) this.#events.lastChild.remove();
  }

  /** @param stats the client's @param extra what the page knows */
  show(stats, { node, lag, store, frames }) {
    if (!this.isOpen) return;
    const script = frames.stats();
    const ms = (value) => (value === undefined ? '–' : text(value, 'ms'));
    this.#show({
      State: stateText(stats.state),
      Transport: TRANSPORTS[stats.transport] ?? '–',
      Node: node ?? '–',
      'Round trip': ms(stats.rtt),
      Lag: ms(lag),
      Rate: `${count(Math.round(stats.recordsPerSecond))} records/s`,
      Records: count(stats.records),
      Repaired: count(stats.repaired),
      'Lost, in gaps': `${count(stats.lost)} in ${count(stats.gaps)}`,
      'Duplicates dropped': count(stats.duplicates),
      Reconnects: count(stats.reconnects),
      'Transport changes': count(stats.takeOvers),
      Topics: count(store.topics.size) + (store.leftOut.size ? `, ${count(store.leftOut.size)} left out` : ''),
      History: text(store.memory.bytes, 'bytes'),
      'Script per frame': `${script.p50.toFixed(1)} ms, p99 ${script.p99.toFixed(1)} ms, max ${script.max.toFixed(1)} ms`,
    });
  }

  #show(facts) {
    for (const [name, value] of Object.entries(facts)) {
      if (!this.#facts.has(name)) {
        const cell = el('dd');
        this.#facts.set(name, cell);
        byId('facts').append(el('dt', {}, name), cell);
      }
      setText(this.#facts.get(name), value);
    }
  }
}
