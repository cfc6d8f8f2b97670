import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESCRIPTIONS, MAX_TOPICS, Store } from '../../main/resources/live/telemetry/dashboard/store.js';
import { MAX_COLUMNS, MAX_KEYS } from '../../main/resources/live/telemetry/dashboard/topic.js';

const T0 = 1_800_000_000_000;
const record = (seq, data, more = {}) => ({ topic: 'a.b', seq, ts: T0 + seq * 1_000, data, ...more });

function begun(subscribed = {}) {
  const store = new Store();
  store.begin({ topic: 'a.b', epoch: 'e', seq: 0, head: 0, ...subscribed });
  return store;
}

test('numbers become columns, by key and by field, also those in objects', () => {
  const store = begun();
  store.add(record(1, { used: 1, pool: { size: 2 }, name: 'x', list: [1] }, { key: 'k' }));
  store.add(record(2, 5));
  assert.deepEqual(store.topic('a.b').columns, [{ key: 'k', field: 'used' }, { key: 'k', field: 'pool.size' }, { key: '', field: '' }]);
});

test('a record that two subscriptions bring counts once', () => {
  const store = begun();
  assert.ok(store.add(record(1, 1)));
  assert.equal(store.add(record(1, 1)), undefined);
  assert.equal(store.records, 1);
});

test('history that begins further back takes the place of what was there', () => {
  const store = begun({ seq: 10, head: 12 });
  for (const seq of [11, 12]) store.add(record(seq, seq));
  store.begin({ topic: 'a.b', epoch: 'e', seq: 4, head: 12 });
  for (let seq = 5; seq <= 13; seq++) store.add(record(seq, seq));
  assert.equal(store.topic('a.b').table.length, 9);
});

test('history that begins later than what is here leaves that alone, lost records included', () => {
  const store = begun();
  for (const seq of [1, 2, 3]) store.add(record(seq, seq));
  store.lose({ topic: 'a.b', epoch: 'e', from: 4, to: 9, next: 10, lost: 6, reason: 'expired' });
  for (let seq = 10; seq <= 20; seq++) store.add(record(seq, seq));
  store.begin({ topic: 'a.b', epoch: 'e', seq: 14, head: 20 });
  for (let seq = 15; seq <= 20; seq++) store.add(record(seq, seq));
  const topic = store.topic('a.b');
  assert.equal(topic.table.length, 3 + 11);
  assert.deepEqual(topic.gaps.map(({ lost }) => lost), [6]);
});

test('resuming behind the last record keeps what is there', () => {
  const store = begun();
  store.add(record(1, 1));
  store.begin({ topic: 'a.b', epoch: 'e', seq: 1, head: 1 });
  assert.equal(store.topic('a.b').table.length, 1);
});

test('another epoch keeps what is there, and its numbers count', () => {
  const store = begun();
  for (let seq = 1; seq <= 5; seq++) store.add(record(seq, seq));
  store.lose({ topic: 'a.b', epoch: 'f', from: 1, to: 2, next: 3, lost: 2, reason: 'epoch-changed' });
  store.add({ ...record(3, 9), ts: T0 + 20_000 });
  const topic = store.topic('a.b');
  assert.equal(topic.table.length, 6);
  assert.deepEqual(topic.gaps, [{ from: T0 + 5_000, to: T0 + 20_000, lost: 2, reason: 'epoch-changed' }]);
});

test('a gap that lost nothing is no break', () => {
  const store = begun();
  store.add(record(1, 1));
  store.lose({ topic: 'a.b', epoch: 'f', from: 1, to: 0, next: 1, lost: 0, reason: 'epoch-changed' });
  assert.deepEqual(store.topic('a.b').gaps, []);
});

test('keys, columns and topics are bounded, and what is left out is counted', () => {
  const store = begun();
  for (let seq = 1; seq <= MAX_KEYS + 10; seq++) store.add(record(seq, seq, { key: `k${seq}` }));
  const topic = store.topic('a.b');
  assert.equal(topic.columns.length, MAX_COLUMNS);
  assert.equal(topic.latest.size, MAX_KEYS);
  assert.ok(topic.leftOut > 0);
  for (let i = 0; i < MAX_TOPICS + 5; i++) store.topic(`t.${i}`);
  assert.equal(store.topics.size, MAX_TOPICS);
  assert.equal(store.leftOut.size, 6);
});

test('memory is counted, and at its bound no column is added', () => {
  const store = begun();
  store.add(record(1, { a: 1 }));
  assert.ok(store.memory.bytes > 0);
  store.memory.maxBytes = store.memory.bytes;
  store.add(record(2, { a: 2, b: 3 }));
  assert.equal(store.topic('a.b').columns.length, 1);
  assert.equal(store.topic('a.b').table.length, 2);
});

test('descriptions are no topic', () => {
  assert.equal(new Store().topic(DESCRIPTIONS), undefined);
});

test('a topic knows how many records a span of time has', () => {
  const store = begun({ seq: 100, head: 110 });
  for (let seq = 101; seq <= 111; seq++) store.add(record(seq, seq));
  const topic = store.topic('a.b');
  const records = topic.recordsIn(60_000);
  assert.ok(records >= 60 && records <= 80, `${records}`);
  assert.ok(!topic.reaches(T0));
  assert.ok(begun().topic('a.b').reaches(0));
});
