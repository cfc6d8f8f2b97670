import { DESCRIPTIONS } from './store.js';

/** What every topic begins with. */
const FIRST_RECORDS = 300;
/** What is fetched at most, to fill a window. */
const MAX_HISTORY = 50_000;

/** Brings records into the store: what is new of all topics, and more history of those that need it. */
export class Feed {
  #client;
  #store;
  #onRecord;
  #onGap;
  #onScript;
  /** How many records were asked for, by topic. */
  #asked = new Map();

  /**
   * @param client of `telemetry.js`
   * @param {import('./store.js').Store} store
   * @param {{ onRecord(record, isLive: boolean): void, onGap(gap): void, onScript(ms: number): void }} told
   */
  constructor(client, store, { onRecord, onGap, onScript }) {
    this.#client = client;
    this.#store = store;
    this.#onRecord = onRecord;
    this.#onGap = onGap;
    this.#onScript = onScript;
  }

  /** @param {string} topics a topic or pattern @param {(topic: string, data: unknown) => void} onDescription */
  begin(topics, onDescription) {
    this.#subscribe(topics, FIRST_RECORDS, true);
    // Whoever may not read it gets along without.
    this.#client.subscribe(DESCRIPTIONS, { since: 'snapshot', onError: () => {} }, ({ key, data }) => key && onDescription(key, data));
  }

  /** @param {(seq: number) => void} onSeq is told how far it has come */
  #subscribe(topics, last, isMain, onSeq = () => {}) {
    return this.#client.subscribe(
      topics,
      {
        since: { last },
        onSubscribed: (subscribed) => {
          this.#store.begin(subscribed);
          if (subscribed.seq !== undefined) onSeq(subscribed.seq);
        },
        onGap: (gap) => {
          if (!isMain) return;
          this.#store.lose(gap);
          this.#onGap(gap);
        },
      },
      (record) => {
        const begin = performance.now();
        const topic = this.#store.add(record);
        if (topic) this.#onRecord(record, record.seq > topic.head);
        onSeq(record.seq);
        this.#onScript(performance.now() - begin);
      },
    );
  }

  /** Fetches what the topic lacks to fill a span of time, if that is known to be there. */
  fill(topic, millis, now) {
    const records = Math.min(MAX_HISTORY, topic.recordsIn(millis));
    if (topic.reaches(now - millis) || records <= 1.2 * (this.#asked.get(topic.name) ?? FIRST_RECORDS)) return;
    this.#asked.set(topic.name, records);
    const { head } = topic;
    const history = this.#subscribe(topic.name, records, false, (seq) => {
      if (seq >= topic.head && seq >= head) queueMicrotask(() => history.close());
    });
  }
}
