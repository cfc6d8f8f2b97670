/**
 * The history of a topic: rows in the order of time, one column for each number of each key. It holds an hour in a bounded number of rows.
 * When it is full, rows are put together: the older they are, the more. Of a group each column keeps its least and its greatest value, in
 * their order, so that no peak is lost, only the moment at which it was, within the width of a group.
 */

export const MAX_ROWS = 3_072;
const FIRST_ROWS = 64;

/** Rows older than `age` are put together within `width`, in milliseconds. Each width is a multiple of the one before. */
const RESOLUTION = [
  { age: 15 * 60_000, width: 12_000 },
  { age: 5 * 60_000, width: 3_000 },
  { age: 60_000, width: 1_000 },
  { age: 0, width: 200 },
];
export const HORIZON = 60 * 60_000;

export class TimeTable {
  length = 0;
  times = new Float64Array(FIRST_ROWS);
  /** @type {Float64Array[]} NaN where there is nothing */
  columns = [];

  get bytes() {
    return 8 * this.times.length * (1 + this.columns.length);
  }

  get lastTime() {
    return this.length ? this.times[this.length - 1] : -Infinity;
  }

  addColumn() {
    this.columns.push(new Float64Array(this.times.length).fill(NaN));
    return this.columns.length - 1;
  }

  /** Forgets what is of this time or later. */
  truncate(time) {
    this.length = this.indexOf(time);
  }

  /** Values of one moment share a row. Clocks of several nodes differ: what is late by them stands at the end all the same. */
  put(at, column, value) {
    const last = this.length - 1;
    const isSameRow = last >= 0 && at <= this.times[last] && Number.isNaN(this.columns[column][last]);
    this.columns[column][isSameRow ? last : this.#newRow(at)] = value;
  }

  #newRow(at) {
    const time = Math.max(at, this.lastTime);
    if (this.length === this.times.length) this.#makeRoom(time);
    const row = this.length++;
    this.times[row] = time;
    for (const column of this.columns) column[row] = NaN;
    return row;
  }

  #makeRoom(now) {
    if (this.times.length < MAX_ROWS) {
      this.#resize(Math.min(MAX_ROWS, 2 * this.times.length));
      return;
    }
    this.#drop(this.indexOf(now - HORIZON));
    this.#compact(now);
    // Nothing was gained where a clock stands still, or runs ahead.
    if (this.length > (MAX_ROWS * 7) / 8) this.#drop(MAX_ROWS / 4);
  }

  #resize(rows) {
    const grown = (values) => {
      const larger = new Float64Array(rows);
      larger.set(values);
      return larger;
    };
    this.times = grown(this.times);
    this.columns = this.columns.map(grown);
  }

  #drop(rows) {
    this.times.copyWithin(0, rows, this.length);
    for (const column of this.columns) column.copyWithin(0, rows, this.length);
    this.length -= rows;
  }

  #compact(now) {
    let to = 0;
    for (let from = 0, end; from < this.length; from = end) {
      const { width } = RESOLUTION.find(({ age }) => now - this.times[from] >= age) ?? RESOLUTION.at(-1);
      const group = Math.floor(this.times[from] / width);
      for (end = from + 1; end < this.length && Math.floor(this.times[end] / width) === group; ) end++;
      to = end - from > 2 ? this.#merge(from, end, to) : this.#move(from, end, to);
    }
    this.length = to;
  }

  #move(from, end, to) {
    this.times.copyWithin(to, from, end);
    for (const column of this.columns) column.copyWithin(to, from, end);
    return to + end - from;
  }

  /** Two rows instead of many: one at the beginning, one at the end of the group. */
  #merge(from, end, to) {
    const first = this.times[from];
    const last = this.times[end - 1];
    for (const column of this.columns) {
      let least = -1;
      let greatest = -1;
      for (let row = from; row < end; row++) {
        const value = column[row];
        if (Number.isNaN(value)) continue;
        if (least < 0 || value < column[least]) least = row;
        if (greatest < 0 || value > column[greatest]) greatest = row;
      }
      const earlier = column[Math.min(least, greatest)] ?? NaN;
      const later = column[Math.max(least, greatest)] ?? NaN;
      column[to] = earlier;
      column[to + 1] = later;
    }
    this.times[to] = first;
    this.times[to + 1] = last;
    return to + 2;
  }

  /** The first row at this time or later. */
  indexOf(time) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The newest value of a column, or NaN. */
  latest(column) {
    const values = this.columns[column];
    for (let row = this.length - 1; row >= 0; row--) if (!Number.isNaN(values[row])) return values[row];
    return NaN;
  }
}
