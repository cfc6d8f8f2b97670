import assert from 'node:assert/strict';
import test from 'node:test';
import { following, json, placed, record, refusal, stream, welcome, world } from './world.js';

/** A client over SSE; each answer to `events` is the next stream. */
async function streaming(settings) {
  const w = world({ transports: ['sse'] });
  w.seen = [];
  w.streams = [];
  w.answer = (url) => {
    if (!url.endsWith('/events')) return undefined;
    w.streams.push(stream());
    w.streams.at(-1).tell(welcome());
    return w.streams.at(-1).response;
  };
  w.client.subscribe('a', settings, ({ seq }) => w.seen.push(seq));
  await w.settle();
  return w;
}

test('a stream is read however it is cut, and resumed from the position', async () => {
  const w = await streaming({ since: 'start' });
  w.streams[0].tell(placed(0));
  const text = `data: ${JSON.stringify(record(1, 'a', { data: 'grün' }))}\r\n\r\n: comment\n\n`;
  for (const part of [text.slice(0, 9), text.slice(9, 40), text.slice(40)]) w.streams[0].write(part);
  await w.settle();
  w.streams[0].end();
  await w.pass(600);
  w.streams[1].tell(placed(1));
  for (const seq of [1, 2]) w.streams[1].tell(record(seq));
  await w.settle();
  assert.deepEqual(w.seen, [1, 2], 'a batch that comes again is dropped');
  const [first, second] = w.bodies('/events');
  assert.deepEqual([first.subscribe[0].since, second.subscribe[0].since, second.ids], ['start', { epoch: 'e', seq: 1 }, false]);
  w.client.close();
});

test('a stream whose token has expired reconnects with a fresh one', async () => {
  let asked = 0;
  const events = stream();
  const w = world({ transports: ['sse'], token: () => `t${asked++}` });
  w.answer = () => events.response;
  events.tell(welcome());
  events.tell({ type: 'error', code: 'UNAUTHENTICATED', message: '', retryable: false });
  events.end();
  await w.pass(600);
  assert.deepEqual(w.posts.map(({ headers }) => headers.Authorization), ['Bearer t0', 'Bearer t1']);
  w.client.close();
});

test('a subscription that comes later is carried by another stream, without a loss', async () => {
  const w = await streaming({ since: 'start' });
  w.streams[0].tell(placed(0));
  w.streams[0].tell(record(1));
  await w.settle();
  w.client.subscribe('b', () => {});
  await w.pass(600);
  w.streams[0].tell(record(2));
  w.streams[1].tell(placed(1));
  for (const seq of [2, 3]) w.streams[1].tell(record(seq));
  await w.settle();
  assert.deepEqual(w.seen, [1, 2, 3]);
  assert.deepEqual(w.bodies('/events')[1].subscribe.map(({ topic }) => topic), ['a', 'b']);
  assert.deepEqual([w.client.stats().reconnects, w.streams.length], [0, 2]);
  w.client.close();
});

test('a hole in a stream is left to the next one', async () => {
  const w = await streaming({ since: 'start' });
  w.streams[0].tell(placed(0));
  for (const seq of [1, 3]) w.streams[0].tell(record(seq));
  await w.pass(600);
  w.streams[1].tell(placed(1));
  for (const seq of [2, 3]) w.streams[1].tell(record(seq));
  await w.settle();
  assert.deepEqual(w.seen, [1, 2, 3]);
  w.client.close();
});

test('a subscription that spoils the request of all is found, and ends alone', async () => {
  const w = world({ transports: ['sse'] });
  const ended = [];
  const spoils = ({ body }) => JSON.parse(body).subscribe.some(({ topic }) => topic === 'secret');
  const events = stream();
  w.answer = (url, init) => {
    if (spoils(init)) return refusal(403, 'FORBIDDEN');
    return url.endsWith('/events') ? events.response : json({ cursor: '', envelopes: [] });
  };
  w.client.subscribe('secret', { onError: ({ code }) => ended.push(code) }, () => {});
  w.client.subscribe('a', { onError: ({ code }) => ended.push(code) }, () => {});
  await w.pass(600);
  events.tell(welcome());
  await w.settle();
  assert.deepEqual([w.client.state, ended], ['open', ['FORBIDDEN']]);
  assert.deepEqual(w.bodies('/events').at(-1).subscribe.map(({ topic }) => topic), ['a']);
  w.client.close();
});

test('something before the server that answers is not believed', async () => {
  const w = world({ transports: ['sse', 'poll'] });
  w.answer = () => new Response('<html>', { status: 403 });
  await w.pass(100);
  assert.equal(w.client.state, 'backoff');
  assert.deepEqual(w.posts.map(({ url }) => url.replace(/.*\//, '')), ['events', 'poll']);
  w.client.close();
});

/** A client over polls, which are answered one by one. */
async function polling() {
  const w = world({ transports: ['poll'] });
  w.seen = [];
  w.answer = () => new Promise((resolve) => (w.say = (cursor, ...envelopes) => resolve(json({ cursor, envelopes }))));
  w.client.subscribe('a', { since: 'start' }, ({ seq }) => w.seen.push(seq));
  await w.settle();
  return w;
}

test('polls go on from their cursor, and drop what comes again', async () => {
  const w = await polling();
  w.say('one', placed(0), record(1), record(2));
  await w.settle();
  w.say('two', record(2), record(3));
  await w.settle();
  const [first, second, third] = w.bodies('/poll');
  assert.deepEqual([first.wait, first.subscribe[0].since, second.since, second.wait, third.since], [0, 'start', 'one', 25, 'two']);
  assert.deepEqual(w.seen, [1, 2, 3]);
  w.client.close();
});

test('a poll that is resumed from positions is not told them again', async () => {
  const w = await polling();
  w.say('one', placed(0), record(1));
  await w.settle();
  w.client.drop();
  await w.pass(600);
  assert.deepEqual(w.bodies('/poll').at(-1).subscribe[0].since, { epoch: 'e', seq: 1 });
  w.say('two', record(2));
  await w.settle();
  assert.deepEqual(w.seen, [1, 2]);
  w.client.close();
});

test('polls that are answered at once with nothing are no hot loop', async () => {
  const w = world({ transports: ['poll'] });
  w.answer = () => json({ cursor: 'c', envelopes: [] });
  await w.pass(10_000);
  assert.ok(w.posts.length <= 11, `${w.posts.length} polls in 10 s`);
  w.client.close();
});

test('a poll that is silent beyond its hold is replaced', async () => {
  const w = await polling();
  w.say('one', placed(0));
  await w.pass(34_000);
  assert.equal(w.bodies('/poll').length, 2);
  await w.pass(5_000);
  assert.equal(w.bodies('/poll').length, 3);
  w.client.close();
});

// Publishing.

test('over a WebSocket a record that is acknowledged has a position; one that is refused has a reason', async () => {
  const w = await following();
  const stored = w.client.publish('b', { n: 1 }, { key: 'k' });
  const { id, topic, key, data } = w.socket.asked('publish')[0];
  assert.deepEqual([topic, key, data], ['b', 'k', { n: 1 }]);
  w.socket.tell({ type: 'published', id, topic: 'b', epoch: 'e', seq: 1 });
  assert.equal((await stored).seq, 1);
  const refused = w.client.publish('b', 1);
  w.socket.answer('publish', { type: 'error', code: 'FORBIDDEN', message: 'no', retryable: false });
  await assert.rejects(refused, { code: 'FORBIDDEN', retryable: false });
  await assert.rejects(w.client.publish('b', 'x'.repeat(300_000)), { code: 'RECORD_TOO_LARGE' });
  await assert.rejects(w.client.publish('b', 1n), TypeError);
  w.client.close();
});

test('a record waits for a link; one that was under way when it was lost rejects, and so do all at the end', async () => {
  const w = world();
  const published = w.client.publish('b', 1);
  await w.settle();
  w.sockets[0].welcome();
  assert.equal(w.sockets[0].asked('publish').length, 1);
  w.client.drop();
  await assert.rejects(published, { code: 'UNAVAILABLE', retryable: true });
  const waiting = w.client.publish('b', 2);
  w.client.close();
  await assert.rejects(waiting, { code: 'UNAVAILABLE' });
});

test('records without an acknowledgement are bounded', async () => {
  const w = await following({}, { limits: { maxPendingPublishes: 1 } });
  const first = w.client.publish('b', 1);
  await assert.rejects(w.client.publish('b', 2), { code: 'TOO_MANY_REQUESTS' });
  w.socket.answer('publish', { type: 'published', topic: 'b', epoch: 'e', seq: 1 });
  await first;
  const third = w.client.publish('b', 3);
  assert.equal(w.socket.asked('publish').length, 2);
  w.client.close();
  await assert.rejects(third);
});

test('over HTTP records are published one after the other', async () => {
  const w = await streaming();
  const answers = [];
  const events = w.answer;
  w.answer = (url, init) => (url.endsWith('/publish') ? new Promise((resolve) => answers.push(resolve)) : events(url, init));
  const published = [1, 2, 3].map((n) => w.client.publish('b', n));
  await w.settle();
  assert.equal(answers.length, 1);
  answers[0](json({ type: 'published', topic: 'b', epoch: 'e', seq: 1 }));
  assert.equal((await published[0]).seq, 1);
  await w.settle();
  answers[1](refusal(403, 'FORBIDDEN'));
  await assert.rejects(published[1], { code: 'FORBIDDEN' });
  await w.settle();
  answers[2](undefined);
  await assert.rejects(published[2], { code: 'UNAVAILABLE' });
  assert.deepEqual(w.bodies('/publish').map(({ data }) => data), [1, 2, 3]);
  w.client.close();
});
