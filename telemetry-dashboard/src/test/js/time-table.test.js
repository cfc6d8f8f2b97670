import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HORIZON, MAX_ROWS, TimeTable } from '../../main/resources/live/telemetry/dashboard/time-table.js';

const T0 = 1_800_000_000_000;

/** A table that was fed a value for each moment of a span. */
function fed(seconds, perSecond, value) {
  const table = new TimeTable();
  const column = table.addColumn();
  for (let i = 0; i < seconds * perSecond; i++) table.put(T0 + (i * 1_000) / perSecond, column, value(i));
  return table;
}

const values = (table, column = 0) => [...table.columns[column].subarray(0, table.length)].filter((value) => !Number.isNaN(value));

test('values of one moment share a row', () => {
  const table = new TimeTable();
  const [a, b] = [table.addColumn(), table.addColumn()];
  table.put(T0, a, 1);
  table.put(T0, b, 2);
  table.put(T0 + 1, b, 3);
  assert.equal(table.length, 2);
  assert.deepEqual([table.columns[a][0], table.columns[b][0], table.columns[b][1]], [1, 2, 3]);
  assert.ok(Number.isNaN(table.columns[a][1]));
});

test('a value whose clock is behind stands at the end, so that times ascend', () => {
  const table = new TimeTable();
  const column = table.addColumn();
  table.put(T0 + 5, column, 1);
  table.put(T0, column, 2);
  assert.deepEqual([...table.times.subarray(0, 2)], [T0 + 5, T0 + 5]);
});

test('an hour of fifty values a second fits, and reaches back to its beginning', () => {
  const table = fed(3_600, 50, (i) => i);
  assert.ok(table.length <= MAX_ROWS);
  assert.equal(table.times.length, MAX_ROWS);
  assert.ok(table.times[0] <= T0 + 30_000, `begins ${table.times[0] - T0} ms late`);
  assert.equal(table.latest(0), 3_600 * 50 - 1);
});

test('the last minute is kept within a fifth of a second', () => {
  const table = fed(3_600, 50, (i) => i);
  const from = table.indexOf(table.lastTime - 60_000);
  for (let row = from + 1; row < table.length; row++) assert.ok(table.times[row] - table.times[row - 1] <= 400);
});

test('no peak is lost by what is put together', () => {
  const peaks = new Map([[1_234, 900], [50_000, -700], [99_999, 800]]);
  const table = fed(3_000, 50, (i) => peaks.get(i) ?? Math.sin(i / 50));
  for (const peak of peaks.values()) assert.ok(values(table).includes(peak), `${peak} is gone`);
});

test('times ascend whatever is put together', () => {
  const table = fed(3_600, 20, (i) => i % 17);
  for (let row = 1; row < table.length; row++) assert.ok(table.times[row] >= table.times[row - 1]);
});

test('what is older than an hour goes', () => {
  const table = fed(3 * 3_600, 10, (i) => i);
  assert.ok(table.lastTime - table.times[0] <= HORIZON + 10 * 60_000);
});

test('keys that come at moments of their own are put together into rows that have all of them', () => {
  const table = new TimeTable();
  const columns = Array.from({ length: 20 }, () => table.addColumn());
  for (let i = 0; i < 200_000; i++) table.put(T0 + i * 5, columns[i % 20], i);
  assert.ok(table.length <= MAX_ROWS);
  assert.ok(!columns.some((column) => Number.isNaN(table.columns[column][0])));
});

test('a clock that stands still fills no memory', () => {
  const table = new TimeTable();
  const column = table.addColumn();
  for (let i = 0; i < 100_000; i++) table.put(T0, column, i);
  assert.ok(table.length <= MAX_ROWS);
  assert.equal(table.latest(column), 99_999);
});

test('a column that is added later is empty before', () => {
  const table = fed(10, 1, (i) => i);
  const later = table.addColumn();
  assert.ok(Number.isNaN(table.latest(later)));
  table.put(T0 + 60_000, later, 7);
  assert.equal(table.latest(later), 7);
  assert.ok(Number.isNaN(table.columns[0][table.length - 1]));
});
