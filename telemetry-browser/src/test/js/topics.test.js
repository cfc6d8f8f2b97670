import assert from 'node:assert/strict';
import test from 'node:test';
import { following, placed, record, world } from './world.js';

const gap = (from, to, fields) => ({ type: 'gap', topic: 'a', epoch: 'e', from, to, next: to + 1, reason: 'expired', ...fields });

/** Lets the client go over to another link, and answers what it subscribes there. */
async function next(w, ...answers) {
  await w.pass(1_000);
  const socket = w.sockets.at(-1);
  assert.notEqual(socket, w.socket, 'there is another link');
  w.socket = socket;
  socket.welcome();
  if (!socket.asked('subscribe').length) socket.answer('ping', { type: 'pong', ts: 0 });
  const asked = socket.asked('subscribe').map(({ id, topic, since }) => ({ id, topic, since }));
  asked.forEach(({ id, topic }, i) => answers[i] && socket.tell({ id, topic, ...answers[i] }));
  await w.settle();
  return asked.map(({ topic, since }) => ({ topic, since }));
}

test('what comes again is dropped, and what is missing is asked for while the rest is held back', async () => {
  const { socket, seen, client } = await following();
  for (const seq of [1, 2, 2, 1, 5, 6]) socket.tell(record(seq));
  assert.deepEqual(seen, [1, 2]);
  const [{ id, from, to }] = socket.asked('resync');
  assert.deepEqual([from, to], [3, 4]);
  socket.tell({ type: 'resyncing', id, topic: 'a', epoch: 'e', from, to });
  for (const seq of [3, 4]) socket.tell(record(seq));
  socket.tell({ type: 'resynced', id, topic: 'a', from, to });
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6]);
  const { repaired, duplicates, gaps } = client.stats();
  assert.deepEqual({ repaired, duplicates, gaps }, { repaired: 2, duplicates: 2, gaps: 0 });
  client.close();
});

test('an answer that was cut short is followed by another request', async () => {
  const { socket, seen, client } = await following();
  socket.tell(record(4));
  socket.tell(record(1));
  socket.answer('resync', { type: 'resynced', topic: 'a', from: 1, to: 1 });
  assert.deepEqual(socket.asked('resync').map(({ from, to }) => [from, to]), [[1, 3], [2, 3]]);
  for (const seq of [2, 3]) socket.tell(record(seq));
  assert.deepEqual(seen, [1, 2, 3, 4]);
  client.close();
});

test('a gap in the answer of a resync is told, and what was held back follows', async () => {
  const { socket, seen, gaps, client } = await following();
  socket.tell(record(4));
  socket.tell({ ...gap(1, 2), id: socket.asked('resync')[0].id });
  socket.tell(record(3));
  assert.deepEqual([seen, gaps], [[3, 4], [['expired', 1, 2, 2]]]);
  client.close();
});

for (const [what, act] of Object.entries({
  'is not answered for 10 s': (w) => w.pass(10_001),
  'is refused': ({ socket }) => socket.answer('resync', { type: 'error', code: 'INTERNAL', message: '' }),
  'brings nothing': ({ socket }) => socket.answer('resync', { type: 'resynced', topic: 'a', from: 2, to: 1 }),
})) {
  test(`a repair that ${what} is left to another link, from the position`, async () => {
    const w = await following();
    w.socket.tell(record(1));
    w.socket.tell(record(3));
    await act(w);
    assert.deepEqual(await next(w, placed(1)), [{ topic: 'a', since: { epoch: 'e', seq: 1 } }]);
    for (const seq of [2, 3]) w.socket.tell(record(seq));
    assert.deepEqual(w.seen, [1, 2, 3]);
    w.client.close();
  });
}

for (const [what, limits] of [['records', { maxHeldRecords: 2 }], ['bytes', { maxHeldBytes: 150 }]]) {
  test(`what is held back is bounded in ${what}; beyond, the topic comes over another link`, async () => {
    const w = await following({}, { limits });
    for (const seq of [1, 3, 4, 5, 6]) w.socket.tell(record(seq));
    assert.equal(w.client.state, 'backoff');
    await next(w, placed(1));
    for (const seq of [2, 3, 4]) w.socket.tell(record(seq));
    assert.deepEqual(w.seen, [1, 2, 3, 4]);
    w.client.close();
  });
}

test('a hole too large for a resync comes over another link', async () => {
  const w = await following();
  w.socket.tell(record(1));
  w.socket.tell(record(2_000));
  assert.deepEqual(w.socket.asked('resync'), []);
  assert.deepEqual(await next(w, placed(1)), [{ topic: 'a', since: { epoch: 'e', seq: 1 } }]);
  w.client.close();
});

test('what a server never repairs is asked for at growing intervals', async () => {
  const w = await following();
  w.socket.tell(record(2));
  let links = 0;
  for (let i = 0; i < 100; i++) {
    const socket = w.sockets.at(-1);
    if (!socket.asked('resync').length) {
      links++;
      socket.welcome();
      socket.answer('subscribe', placed(0));
      socket.tell(record(2));
    }
    socket.answer('resync', { type: 'error', code: 'INTERNAL', message: '' });
    await w.pass(1_000);
  }
  assert.ok(links < 12, `${links} links in 100 s`);
  w.client.close();
});

test('a gap is told once, with what was lost', async () => {
  const { socket, gaps, client, subscription } = await following();
  socket.tell(record(1));
  socket.tell(gap(1, 4));
  socket.tell(gap(1, 4));
  assert.deepEqual(gaps, [['expired', 1, 4, 3]]);
  assert.deepEqual(subscription.position(), { epoch: 'e', seq: 4 });
  assert.equal(client.stats().lost, 3);
  client.close();
});

test('what is missing before a gap is asked for', async () => {
  const { socket, seen, gaps, client } = await following();
  socket.tell(gap(2, 4));
  assert.deepEqual(gaps, []);
  socket.tell(record(1));
  assert.deepEqual([seen, gaps], [[1], [['expired', 2, 4, 3]]]);
  client.close();
});

test('a new epoch begins where the gap says', async () => {
  const { socket, seen, gaps, subscription, client } = await following();
  socket.tell(record(1));
  socket.tell(gap(1, 6, { epoch: 'f', reason: 'epoch-changed' }));
  socket.tell(record(7));
  assert.deepEqual([seen, gaps], [[1, 7], [['epoch-changed', 1, 6, 6]]]);
  assert.deepEqual(subscription.position(), { epoch: 'f', seq: 7 });
  client.close();
});

test('a log that was rolled back goes on at the older number', async () => {
  const { socket, seen, gaps, client } = await following();
  for (const seq of [1, 2, 3]) socket.tell(record(seq));
  socket.tell(gap(2, 3, { epoch: 'f', previousEpoch: 'e', next: 2, reason: 'rolled-back' }));
  socket.tell(record(2));
  assert.deepEqual([seen, gaps], [[1, 2, 3, 2], [['rolled-back', 2, 3, 0]]]);
  client.close();
});

test('a log that goes on in another epoch loses nothing', async () => {
  const { socket, seen, gaps, subscription, client } = await following();
  socket.tell(record(1));
  socket.tell(placed(1, { epoch: 'f' }));
  socket.tell(record(2));
  assert.deepEqual([seen, gaps, subscription.position()], [[1, 2], [], { epoch: 'f', seq: 2 }]);
  client.close();
});

test('after a cut it resumes behind the last record', async () => {
  const w = await following();
  w.socket.tell(record(1));
  w.socket.lose();
  assert.deepEqual(await next(w, placed(1)), [{ topic: 'a', since: { epoch: 'e', seq: 1 } }]);
  w.client.close();
});

test('in mode conflated numbers skip', async () => {
  const { socket, seen, client } = await following({ mode: 'conflated', maxRate: 5 });
  const [{ mode, maxRate }] = socket.asked('subscribe');
  for (const seq of [2, 5, 9]) socket.tell(record(seq));
  assert.deepEqual([mode, maxRate, seen, socket.asked('resync')], ['conflated', 5, [2, 5, 9], []]);
  client.close();
});

test('a topic that somebody wants whole is not conflated for anybody', async () => {
  const w = await following({ mode: 'conflated' });
  w.client.subscribe('*', () => {});
  await w.settle();
  w.socket.answer('subscribe', { type: 'subscribed', topic: '*' });
  await w.settle();
  await w.pass(1_000);
  w.sockets.at(-1).welcome();
  w.sockets.at(-1).answer('ping', { type: 'pong', ts: 0 });
  assert.deepEqual(w.sockets.at(-1).asked('subscribe').map(({ topic, mode }) => [topic, mode]), [['a', undefined], ['*', undefined]]);
  w.client.close();
});

async function snapshot(w, count) {
  await w.settle();
  w.socket = w.sockets.at(-1);
  w.socket.welcome();
  w.socket.answer('subscribe', placed(9, { snapshot: count }));
  await w.settle();
}

test('a snapshot is handed over in order, and then what follows it', async () => {
  const w = world();
  const seen = [];
  w.client.subscribe('a', { since: 'snapshot' }, ({ seq }) => seen.push(seq));
  await snapshot(w, 3);
  for (const seq of [2, 5, 9, 10]) w.socket.tell(record(seq));
  assert.deepEqual(seen, [2, 5, 9, 10]);
  w.client.close();
});

test('a snapshot that is cut off is asked for again, and comes once', async () => {
  const w = world();
  const seen = [];
  w.client.subscribe('a', { since: 'snapshot' }, ({ seq }) => seen.push(seq));
  await snapshot(w, 3);
  for (const seq of [2, 5]) w.socket.tell(record(seq));
  w.socket.lose();
  assert.deepEqual(await next(w, placed(11, { snapshot: 2 })), [{ topic: 'a', since: 'snapshot' }]);
  for (const seq of [5, 11, 12]) w.socket.tell(record(seq));
  assert.deepEqual(seen, [5, 11, 12]);
  w.client.close();
});

test('a later subscription with a since of its own takes the topic back, and the others hear nothing twice', async () => {
  const w = await following();
  for (const seq of [1, 2, 3]) w.socket.tell(record(seq));
  const later = [];
  w.client.subscribe('a', { since: { last: 2 } }, ({ seq }) => later.push(seq));
  assert.deepEqual(await next(w, placed(1)), [{ topic: 'a', since: { last: 2 } }]);
  for (const seq of [2, 3, 4]) w.socket.tell(record(seq));
  assert.deepEqual([w.seen, later], [[1, 2, 3, 4], [2, 3, 4]]);
  w.client.close();
});

test('a later one that begins beyond what the others have leaves no hole for them', async () => {
  const w = await following();
  w.socket.tell(record(1));
  const later = [];
  w.client.subscribe('a', { since: 'snapshot' }, ({ seq }) => later.push(seq));
  await next(w, placed(4, { snapshot: 1 }));
  w.socket.tell(record(4));
  assert.deepEqual(w.socket.asked('resync').map(({ from, to }) => [from, to]), [[2, 4]]);
  w.socket.tell(record(5));
  for (const seq of [2, 3, 4]) w.socket.tell(record(seq));
  assert.deepEqual([w.seen, later], [[1, 2, 3, 4, 5], [4, 5]]);
  w.client.close();
});

test('a later one without a since begins now', async () => {
  const w = await following();
  w.socket.tell(record(1));
  const later = [];
  w.client.subscribe('a', ({ seq }) => later.push(seq));
  w.socket.tell(record(2));
  assert.deepEqual([w.seen, later, w.sockets.length], [[1, 2], [2], 1]);
  w.client.close();
});

test('a pattern resumes from the positions of its topics, and those born meanwhile begin at their first record', async () => {
  const w = world();
  const seen = [];
  const subscription = w.client.subscribe('h.*', { since: { last: 1 } }, ({ topic, seq }) => seen.push(`${topic} ${seq}`));
  await w.settle();
  w.socket = w.sockets[0];
  w.socket.welcome();
  w.socket.answer('subscribe', { type: 'subscribed', topic: 'h.*' });
  w.socket.tell(placed(4, { topic: 'h.a', pattern: 'h.*' }));
  w.socket.tell(record(5, 'h.a'));
  w.socket.tell(placed(0, { topic: 'h.b', pattern: 'h.*' }));
  w.socket.tell(record(1, 'h.b'));
  assert.deepEqual(subscription.positions(), { 'h.a': { epoch: 'e', seq: 5 }, 'h.b': { epoch: 'e', seq: 1 } });
  w.socket.lose();
  const [{ since }] = await next(w, { type: 'subscribed' });
  assert.deepEqual(since, { positions: { 'h.a': { epoch: 'e', seq: 5 }, 'h.b': { epoch: 'e', seq: 1 } } });
  w.socket.tell(placed(0, { topic: 'h.c', pattern: 'h.*' }));
  w.socket.tell(record(1, 'h.c'));
  assert.deepEqual(seen, ['h.a 5', 'h.b 1', 'h.c 1']);
  assert.deepEqual(subscription.topics(), ['h.a', 'h.b', 'h.c']);
  w.client.close();
});

test('positions of an earlier page are where a subscription begins', async () => {
  const positions = { 'h.a': { epoch: 'e', seq: 5 } };
  const w = world();
  const subscription = w.client.subscribe('h.*', { since: { positions } }, () => {});
  await w.settle();
  w.sockets[0].welcome();
  assert.deepEqual(w.sockets[0].asked('subscribe')[0].since, { positions });
  assert.deepEqual(subscription.positions(), positions);
  w.client.close();
});

test('what nobody is subscribed to any more is unsubscribed', async () => {
  const w = await following();
  w.subscription.close();
  await w.settle();
  assert.deepEqual(w.socket.asked('unsubscribe').map(({ topic }) => topic), ['a']);
  w.socket.tell(record(1));
  assert.deepEqual([w.seen, w.subscription.closed], [[], true]);
  w.client.close();
});

test('a refused subscription ends alone; one that may succeed later is asked for again', async () => {
  const w = await following();
  const ended = [];
  w.client.subscribe('secret', { onError: ({ code }) => ended.push(code) }, () => {});
  w.client.subscribe('away', { onError: ({ code }) => ended.push(code) }, () => {});
  await w.settle();
  const [, secret, away] = w.socket.asked('subscribe');
  w.socket.tell({ type: 'error', id: secret.id, code: 'FORBIDDEN', message: '', retryable: false });
  w.socket.tell({ type: 'error', id: away.id, code: 'UNAVAILABLE', message: '', retryable: true });
  await w.pass(5_000);
  assert.deepEqual(ended, ['FORBIDDEN']);
  assert.deepEqual(w.socket.asked('subscribe').map(({ topic }) => topic), ['a', 'secret', 'away', 'away']);
  w.client.close();
});

test('rights that were revoked end a subscription', async () => {
  const w = await following();
  w.socket.tell({ type: 'unsubscribed', topic: 'a', reason: 'revoked' });
  assert.deepEqual([w.subscription.closed, w.errors.map(({ code }) => code)], [true, ['FORBIDDEN']]);
  w.client.close();
});

test('with frames the listener gets the latest of each key once a frame, and no more than the bound', async () => {
  const w = world({ limits: { maxQueuedRecords: 2 } });
  const drawn = [];
  w.client.subscribe('a', { frames: true }, (records) => drawn.push(records.map(({ seq }) => seq)));
  await w.settle();
  w.sockets[0].welcome();
  w.sockets[0].answer('subscribe', placed(0));
  ['x', 'y', 'x', 'z'].forEach((key, i) => w.sockets[0].tell(record(i + 1, 'a', { key })));
  assert.deepEqual([drawn, w.frames.length], [[], 1]);
  w.frames[0]();
  assert.deepEqual([drawn, w.client.stats().dropped], [[[3, 4]], 1]);
  w.client.close();
});

test('a listener that throws harms nobody else, and is told', async () => {
  const w = await following();
  w.client.subscribe('a', () => {
    throw new Error('mine');
  });
  w.socket.tell(record(1));
  assert.deepEqual([w.seen, w.errors.map(({ message }) => message)], [[1], ['mine']]);
  w.client.close();
});

test('an error listener that throws is told to the browser', async () => {
  const w = await following();
  w.client.on('error', () => {
    throw new Error('again');
  });
  w.client.subscribe('a', () => {
    throw new Error('mine');
  });
  w.socket.tell(record(1));
  assert.deepEqual(w.reported.map(({ message }) => message), ['again']);
  w.client.close();
});

test('records are counted, and told by the second', async () => {
  const w = await following();
  const rates = [];
  w.client.on('stats', ({ recordsPerSecond }) => rates.push(recordsPerSecond));
  for (const seq of [1, 2]) w.socket.tell(record(seq));
  await w.pass(2_000);
  assert.deepEqual([rates, w.client.stats().records], [[2, 0], 2]);
  w.client.close();
});

test('what is no topic, or has no listener, is refused at once', () => {
  const w = world();
  assert.throws(() => w.client.subscribe('a..b', () => {}), { code: 'BAD_TOPIC' });
  assert.throws(() => w.client.subscribe('a'), TypeError);
  w.client.close();
});
