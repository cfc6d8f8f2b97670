import { setText } from './dom.js';
import { count, time } from './format.js';

export const TRANSPORTS = { websocket: 'WebSocket', sse: 'Server-Sent Events', poll: 'Long poll' };

/** By state: its words, and how much it matters. */
const STATES = {
  idle: ['Starting…', 'wait'],
  connecting: ['Connecting…', 'wait'],
  open: ['Live', 'good'],
  suspect: ['No sign of life', 'wait'],
  backoff: ['Disconnected', 'bad'],
  paused: ['Page asleep', 'wait'],
  unauthorized: ['Not authorized', 'bad'],
  closed: ['Closed', 'bad'],
};

export const stateText = (state) => STATES[state][0];

/** One line that says how things are. */
export class Badge {
  #elements;

  /** @param {{ badge: Element, text: Element, repaired: Element, lost: Element, lostCount: Element }} elements */
  constructor(elements) {
    this.#elements = elements;
  }

  /**
   * @param {{ state: string, transport?: string, retryAt?: number }} link
   * @param {{ lag?: number, repaired: number, lost: number, heardAt?: number }} figures
   */
  show({ state, transport, retryAt }, { lag, repaired, lost, heardAt }) {
    const [words, level] = STATES[state];
    const parts = [words];
    if (state === 'open' || state === 'suspect') {
      if (transport) parts.push(TRANSPORTS[transport]);
      if (state === 'open' && lag !== undefined) parts.push(lagText(lag));
    } else if (state === 'backoff' && retryAt) {
      parts.push(`again in ${Math.max(0, Math.ceil((retryAt - Date.now()) / 1_000))} s`);
    }
    if (state !== 'open' && heardAt) parts.push(`last record ${time(heardAt)}`);
    const { badge, text, repaired: repairedText, lost: lostText, lostCount } = this.#elements;
    setText(text, parts.join(' · '));
    if (badge.dataset.level !== level) badge.dataset.level = document.body.dataset.level = level;
    setText(repairedText, count(repaired));
    setText(lostText, count(lost));
    lostCount.classList.toggle('is-bad', lost > 0);
  }
}

function lagText(lag) {
  if (lag < 1_000) return `lag ${lag < 1 ? '<1' : Math.round(lag)} ms`;
  return `lag ${(lag / 1_000).toFixed(1)} s`;
}
