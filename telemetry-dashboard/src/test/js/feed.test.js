import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feed } from '../../main/resources/live/telemetry/dashboard/feed.js';
import { Store } from '../../main/resources/live/telemetry/dashboard/store.js';

const T0 = 1_800_000_000_000;

/** What the page uses of the client: remembers who subscribed, and lets the test speak for the server. */
function fakeClient() {
  const subscriptions = [];
  return {
    subscriptions,
    subscribe(topic, options, listener) {
      const subscription = { topic, options, listener, closed: false, close: () => (subscription.closed = true) };
      subscriptions.push(subscription);
      return subscription;
    },
  };
}

function begun() {
  const client = fakeClient();
  const store = new Store();
  const live = [];
  const gaps = [];
  const told = { onRecord: (record, isLive) => isLive && live.push(record.seq), onGap: (gap) => gaps.push(gap), onScript: () => {} };
  const feed = new Feed(client, store, told);
  const described = new Map();
  feed.begin('>', (topic, data) => described.set(topic, data));
  return { client, store, feed, live, gaps, described };
}

const record = (seq) => ({ topic: 'a', seq, ts: T0 + seq * 1_000, data: seq });

test('all topics begin with their last records, and descriptions with the latest of each', () => {
  const { client, described } = begun();
  const [all, descriptions] = client.subscriptions;
  assert.deepEqual([all.topic, all.options.since], ['>', { last: 300 }]);
  assert.deepEqual([descriptions.topic, descriptions.options.since], ['telemetry.descriptions', 'snapshot']);
  descriptions.listener({ key: 'a', data: { title: 'A' } });
  assert.deepEqual([...described], [['a', { title: 'A' }]]);
});

test('records up to the head are history, those behind it are live', () => {
  const { client, live } = begun();
  const [all] = client.subscriptions;
  all.options.onSubscribed({ topic: 'a', epoch: 'e', seq: 1, head: 3 });
  for (const seq of [2, 3, 4]) all.listener(record(seq));
  assert.deepEqual(live, [4]);
});

test('a window that is longer than what is there is filled, once, and then left to the first subscription', async () => {
  const { client, store, feed } = begun();
  const [all] = client.subscriptions;
  all.options.onSubscribed({ topic: 'a', epoch: 'e', seq: 4_700, head: 5_000 });
  for (let seq = 4_701; seq <= 5_000; seq++) all.listener(record(seq));
  feed.fill(store.topic('a'), 3_600_000, T0 + 5_000_000);
  feed.fill(store.topic('a'), 3_600_000, T0 + 5_000_000);
  const more = client.subscriptions.slice(2);
  assert.deepEqual(more.map(({ topic, closed }) => [topic, closed]), [['a', false]]);
  const { last } = more[0].options.since;
  assert.ok(last >= 3_600 && last < 4_500, `${last}`);
  more[0].options.onSubscribed({ topic: 'a', epoch: 'e', seq: 5_000 - last, head: 5_000 });
  for (let seq = 5_001 - last; seq <= 5_000; seq++) more[0].listener(record(seq));
  await Promise.resolve();
  assert.ok(more[0].closed);
  assert.equal(store.topic('a').lastTime, T0 + 5_000_000);
  assert.ok(store.topic('a').reaches(T0 + 1_400_000));
});

test('a topic that is here from its first record is not fetched', () => {
  const { client, store, feed } = begun();
  client.subscriptions[0].options.onSubscribed({ topic: 'a', epoch: 'e', seq: 0, head: 2 });
  for (const seq of [1, 2]) client.subscriptions[0].listener(record(seq));
  feed.fill(store.topic('a'), 3_600_000, T0 + 2_000);
  assert.equal(client.subscriptions.length, 2);
});
