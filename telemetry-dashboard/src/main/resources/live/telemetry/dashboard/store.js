import { Topic } from './topic.js';

/** Of the histories of all topics. At this bound no further lines are drawn. */
export const MAX_BYTES = 256 << 20;
export const MAX_TOPICS = 2_000;
/** What describes the others is no metric. */
export const DESCRIPTIONS = 'telemetry.descriptions';

/** All topics by name, as one subscription brings them, and as others that fetch history add to them. */
export class Store {
  /** @type {Map<string, Topic>} */
  topics = new Map();
  memory = { bytes: 0, maxBytes: MAX_BYTES };
  /** Topics that were left out at the bound. */
  leftOut = new Set();
  records = 0;
  /** Grows when there is a topic more. */
  version = 0;

  topic(name) {
    const known = this.topics.get(name);
    if (known || name === DESCRIPTIONS) return known;
    if (this.topics.size >= MAX_TOPICS) {
      if (this.leftOut.size < MAX_TOPICS) this.leftOut.add(name);
      return undefined;
    }
    const topic = new Topic(name, this.memory);
    this.topics.set(name, topic);
    this.version++;
    return topic;
  }

  begin(subscribed) {
    if (subscribed.seq !== undefined) this.topic(subscribed.topic)?.begin(subscribed);
  }

  /** @returns {Topic | undefined} the topic, if the record is new there */
  add(record) {
    const topic = this.topic(record.topic);
    if (!topic?.add(record)) return undefined;
    this.records++;
    return topic;
  }

  lose(gap) {
    this.topics.get(gap.topic)?.lose(gap);
  }
}
