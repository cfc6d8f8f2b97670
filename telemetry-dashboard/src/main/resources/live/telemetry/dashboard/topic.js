import { TimeTable, MAX_ROWS } from './time-table.js';

/** Lines of a topic beyond this are not drawn; the table of latest values has them all the same. */
export const MAX_COLUMNS = 64;
export const MAX_KEYS = 1_000;
const MAX_GAPS = 50;
/** Objects in objects are looked into so deep. */
const MAX_DEPTH = 3;

/** What is known of a topic: its newest record by key, its numbers over time, and what is lost. */
export class Topic {
  name;
  table = new TimeTable();
  /** By key: the newest record. @type {Map<string, { key?: string, data: unknown, ts: number, seq: number }>} */
  latest = new Map();
  /** In the order of the table's columns. @type {{ key: string, field: string }[]} */
  columns = [];
  /** @type {{ from: number, to: number, lost: number, reason: string }[]} times; `to` is Infinity until a record follows */
  gaps = [];
  /** Keys and numbers that were left out at the bounds. */
  leftOut = 0;
  /** Grows with whatever changes what is to be drawn. */
  version = 0;
  /** Grows when a column is new. */
  shape = 0;
  /** Records below are history: they were there before the page. */
  head = 0;
  #epoch = '';
  #lastSeq = 0;
  /** Behind this position the table begins, and when its first record was. */
  #firstSeq = 0;
  #firstTime = NaN;
  /** Whether the next record is where history begins that was here in part. */
  #comesAgain = false;
  #columnsByKey = new Map();
  #memory;

  /** @param {string} name @param {{ bytes: number, maxBytes: number }} memory of all topics */
  constructor(name, memory) {
    this.name = name;
    this.#memory = memory;
    memory.bytes += this.table.bytes;
  }

  get lastTime() {
    return this.table.lastTime;
  }

  /** The topic begins or goes on behind this position. */
  begin({ epoch, seq, head }) {
    if (epoch === this.#epoch ? seq < this.#lastSeq : !this.#epoch) {
      this.#firstSeq = seq;
      this.#firstTime = NaN;
      this.#comesAgain = true;
    }
    this.#epoch = epoch;
    this.#lastSeq = seq;
    this.head = head;
    this.version++;
  }

  /** @returns {boolean} whether it is new here */
  add(record) {
    // Several subscriptions bring the same record while one of them fetches history.
    if (record.seq <= this.#lastSeq) return false;
    this.#lastSeq = record.seq;
    this.version++;
    if (this.#comesAgain) this.#makeWay(record.ts);
    if (Number.isNaN(this.#firstTime)) this.#firstTime = record.ts;
    const key = record.key ?? '';
    if (this.latest.has(key) || this.latest.size < MAX_KEYS) this.latest.set(key, record);
    else this.leftOut++;
    const before = this.table.bytes;
    this.#numbers(record.ts, this.#columnsOf(key), key, '', record.data, 0);
    this.#memory.bytes += this.table.bytes - before;
    const gap = this.gaps.at(-1);
    if (gap?.to === Infinity) gap.to = Math.max(record.ts, gap.from);
    return true;
  }

  /** What is here from this time on comes again; what is older may be all that is left of it. */
  #makeWay(time) {
    this.#comesAgain = false;
    this.table.truncate(time);
    this.gaps = this.gaps.filter(({ from }) => from < time);
  }

  #columnsOf(key) {
    let columns = this.#columnsByKey.get(key);
    if (!columns && this.#columnsByKey.size < MAX_KEYS) this.#columnsByKey.set(key, (columns = new Map()));
    return columns;
  }

  #numbers(at, columns, key, field, value, depth) {
    if (typeof value === 'number') {
      const column = columns && this.#column(columns, key, field);
      if (column !== undefined) this.table.put(at, column, value);
    } else if (value !== null && typeof value === 'object' && depth < MAX_DEPTH && !Array.isArray(value)) {
      for (const name of Object.keys(value)) this.#numbers(at, columns, key, field ? `${field}.${name}` : name, value[name], depth + 1);
    }
  }

  #column(columns, key, field) {
    const known = columns.get(field);
    if (known !== undefined) return known;
    const isFull = this.columns.length >= MAX_COLUMNS || this.#memory.bytes + 8 * MAX_ROWS > this.#memory.maxBytes;
    if (isFull) {
      this.leftOut++;
      return undefined;
    }
    columns.set(field, this.table.addColumn());
    this.columns.push({ key, field });
    this.shape++;
    return columns.get(field);
  }

  /** Records are gone for good: the line breaks until the next one. */
  lose(gap) {
    this.#epoch = gap.epoch;
    this.#lastSeq = this.#firstSeq = gap.next - 1;
    this.#firstTime = NaN;
    this.version++;
    if (!gap.lost || !this.table.length) return;
    this.gaps.push({ from: this.lastTime, to: Infinity, lost: gap.lost, reason: gap.reason });
    if (this.gaps.length > MAX_GAPS) this.gaps.shift();
  }

  /** Whether the history goes back to this time, or to the first record there is. */
  reaches(time) {
    return this.#firstSeq === 0 || this.table.times[0] <= time;
  }

  /** How many records a span of time has, by the rate of those that are here. */
  recordsIn(millis) {
    const span = this.lastTime - this.#firstTime;
    return span > 0 ? Math.ceil((1.1 * millis * (this.#lastSeq - this.#firstSeq)) / span) : 0;
  }
}

/** The names of all numbers in a value, such as `heap.used`; an empty one if it is a number itself. */
export function* leaves(value, field = '', depth = 0) {
  if (value !== null && typeof value === 'object' && depth < MAX_DEPTH && !Array.isArray(value)) {
    for (const name of Object.keys(value)) yield* leaves(value[name], field ? `${field}.${name}` : name, depth + 1);
  } else {
    yield [field, value];
  }
}
