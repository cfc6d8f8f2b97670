import assert from 'node:assert/strict';
import test from 'node:test';
import { following, json, placed, record, refusal, stream, welcome, world } from './world.js';

const MINUTE = 60_000;
const names = (w) => w.states.map(({ state }) => state);
const tokens = (w) => w.sockets.map(({ protocols }) => protocols[1]);

/** A client that fell back to SSE, since no WebSocket gets a welcome. */
async function fallenBack(options) {
  const w = world({ transports: ['websocket', 'sse'], ...options });
  w.seen = [];
  w.client.subscribe('a', { since: 'start' }, ({ seq }) => w.seen.push(seq));
  w.streams = [];
  w.answer = (url) => {
    if (!url.endsWith('/events')) return undefined;
    w.streams.push(stream());
    w.streams.at(-1).tell(welcome());
    w.streams.at(-1).tell(placed(0));
    return w.streams.at(-1).response;
  };
  await w.pass(4_001);
  assert.equal(w.client.stats().transport, 'sse');
  return w;
}

/** The stream goes on while time passes. */
async function living(w, ms) {
  for (let left = ms; left > 0; left -= 10_000) {
    await w.pass(Math.min(left, 10_000));
    w.streams.at(-1).tell({ type: 'heartbeat', ts: 0 });
  }
  await w.settle();
}

test('a transport counts once welcome has come: WebSocket, 4 s later SSE, 4 s later polls', async () => {
  const w = world({ transports: ['websocket', 'sse', 'poll'] });
  w.answer = (url) => (url.endsWith('/poll') ? json({ cursor: 'c', envelopes: [] }) : new Promise(() => {}));
  await w.pass(3_999);
  assert.equal(w.posts.length, 0);
  await w.pass(2);
  assert.ok(w.posts.at(-1).url.endsWith('/events'));
  await w.pass(4_000);
  assert.equal(w.client.stats().transport, 'poll');
  w.client.close();
});

test('a better transport is probed after a minute, then at doubled intervals, at most 30 minutes', async () => {
  const w = await fallenBack();
  const probes = [];
  for (let known = 1; w.now < 1_000_000 + 130 * MINUTE; ) {
    await living(w, 10_000);
    if (w.sockets.length > known) probes.push(Math.round((w.now - 1_000_000) / MINUTE));
    known = w.sockets.length;
  }
  const waits = probes.map((at, i) => at - (probes[i - 1] ?? 0));
  waits.forEach((wait, i) => assert.ok(Math.abs(wait - Math.min(30, 2 ** i)) <= 1, `${waits}`));
  assert.ok(waits.length > 6);
  w.client.close();
});

test('a network that is there again is probed at once', async () => {
  const w = await fallenBack();
  w.fire('online');
  await w.pass(1_001);
  assert.equal(w.sockets.length, 2);
  w.client.close();
});

test('what takes over goes on from the position, without a loss or a repetition', async () => {
  const w = await fallenBack();
  const [first] = w.streams;
  first.tell(record(1));
  await living(w, MINUTE + 2_000);
  const socket = w.sockets.at(-1);
  socket.welcome();
  first.tell(record(2));
  await w.settle();
  assert.equal(w.client.stats().transport, 'sse', 'what is swallowed behind its welcome does not take over');
  socket.answer('ping', { type: 'pong', ts: 0 });
  assert.deepEqual(socket.asked('subscribe')[0].since, { epoch: 'e', seq: 2 });
  socket.answer('subscribe', placed(2));
  first.tell(record(3));
  socket.tell(record(3));
  await w.settle();
  const { transport, takeOvers, reconnects } = w.client.stats();
  assert.deepEqual([w.seen, transport, takeOvers, reconnects], [[1, 2, 3], 'websocket', 1, 0]);
  w.client.close();
});

test('the page chooses a transport, and goes over to it', async () => {
  const w = await following({}, { transports: ['websocket', 'sse'] });
  const events = stream();
  w.answer = (url) => (url.endsWith('/events') ? events.response : undefined);
  w.client.use(['sse']);
  await w.settle();
  events.tell(welcome());
  await w.settle();
  assert.equal(w.client.stats().transport, 'sse');
  assert.equal(w.socket.readyState, 1, 'it may still answer');
  await w.pass(4_001);
  assert.equal(w.socket.readyState, 3);
  assert.throws(() => w.client.use(['pigeon']), TypeError);
  w.client.close();
});

test('a link that does not last makes way for the next transport', async () => {
  const w = await following({}, { transports: ['websocket', 'sse'] });
  w.socket.lose();
  await w.pass(501);
  assert.ok(w.posts.at(-1).url.endsWith('/events'));
  w.client.close();
});

test('the transport that worked is remembered for an hour', async () => {
  const stored = { 'telemetry.transport': 'sse 1000000' };
  for (const [ahead, sockets] of [[59 * MINUTE, 0], [61 * MINUTE, 1]]) {
    const w = world({ transports: ['websocket', 'sse'], env: { now: () => 1_000_000 + ahead, storage: { getItem: (key) => stored[key] } } });
    w.answer = () => new Promise(() => {});
    await w.settle();
    assert.equal(w.sockets.length, sockets);
    w.client.close();
  }
  const w = await following();
  assert.equal(w.stored['telemetry.transport'], 'websocket 1000000');
  w.client.close();
});

test('a page that may not store anything works all the same', async () => {
  const denied = () => {
    throw new Error('denied');
  };
  const w = await following({}, { env: { storage: { getItem: denied, setItem: denied } } });
  assert.equal(w.client.state, 'open');
  w.client.close();
});

test('attempts are backed off exponentially, at random, up to 30 s; ten stable seconds begin anew', async () => {
  const w = world();
  for (let i = 0; i < 9; i++) {
    await w.settle();
    w.sockets.at(-1).lose();
    await w.settle();
    await w.pass(w.states.at(-1).retryIn);
  }
  const waits = () => w.states.filter(({ state }) => state === 'backoff').map(({ retryIn }) => retryIn);
  assert.deepEqual(waits(), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  w.sockets.at(-1).welcome();
  for (let i = 0; i < 3; i++) {
    await w.pass(5_000);
    w.sockets.at(-1).tell({ type: 'heartbeat', ts: 0 });
  }
  await w.pass(1_000);
  w.sockets.at(-1).lose();
  assert.equal(waits().at(-1), 500);
  w.client.close();
});

test('goaway says when to come back, to a link that is closed and to one that is not', async () => {
  for (const closes of [true, false]) {
    const w = await following();
    w.socket.tell({ type: 'goaway', reason: 'shutdown', reconnectAfter: 3_000 });
    if (closes) w.socket.lose(1001);
    await w.pass(2_900);
    assert.equal(w.sockets.length, 1);
    await w.pass(2_000);
    assert.equal(w.sockets.length, 2);
    w.client.close();
  }
});

test('Retry-After wins over the back-off', async () => {
  const w = world({ transports: ['poll'] });
  w.answer = () => refusal(503, 'TOO_MANY_CONNECTIONS', { 'Retry-After': '7' });
  await w.settle();
  const { state, retryIn, status } = w.states.at(-1);
  assert.deepEqual([state, retryIn, status], ['backoff', 7_000, 503]);
  await w.pass(6_900);
  assert.equal(w.posts.length, 1);
  w.client.close();
});

test('nodes are tried in turn', async () => {
  const w = await following();
  w.client.close();
  const many = (await import('../../../npm/telemetry.js')).connect(['http://one/', 'wss://two/t'], {
    transports: ['poll'],
    env: { fetch: async (url) => void w.posts.push({ url }), setTimeout: (task, ms) => void w.timers.push({ at: w.now + ms, task }), now: () => w.now, random: () => 1 },
  });
  await w.pass(3_000);
  assert.deepEqual(w.posts.slice(0, 2).map(({ url }) => url), ['http://one/poll', 'https://two/t/poll']);
  many.close();
});

// Tokens.

test('a token that is refused twice is unauthorized, without a hot loop, until retry', async () => {
  let asked = 0;
  const reasons = [];
  const token = async ({ reason }) => (reasons.push(reason), `t${asked++}`);
  const w = world({ token });
  w.answer = () => refusal(401, 'UNAUTHENTICATED');
  for (let i = 0; i < 2; i++) {
    await w.settle();
    w.sockets[i].lose();
    await w.pass(2_000);
  }
  await w.pass(100_000);
  assert.equal(w.client.state, 'unauthorized');
  assert.deepEqual([tokens(w), reasons], [['bearer.t0', 'bearer.t1'], ['connect', 'rejected']]);
  w.client.retry('mine');
  await w.settle();
  assert.equal(tokens(w)[2], 'bearer.mine');
  w.client.close();
});

test('an expired token is replaced by a fresh one', async () => {
  let asked = 0;
  const w = await following({}, { token: () => `t${asked++}` });
  w.socket.lose(4401);
  await w.pass(1_000);
  assert.deepEqual(tokens(w), ['bearer.t0', 'bearer.t1']);
  w.client.close();
});

test('who is forbidden to connect is unauthorized at once', async () => {
  const w = world({ token: 't' });
  w.answer = () => refusal(403, 'FORBIDDEN');
  await w.settle();
  w.sockets[0].lose();
  await w.pass(100_000);
  assert.deepEqual([w.client.state, w.sockets.length], ['unauthorized', 1]);
  w.client.close();
});

test('a token is renewed at 80 % of its life over the same WebSocket, and one at a time', async () => {
  let give;
  const asked = [];
  const token = ({ reason }) => (asked.push(reason), asked.length > 1 ? new Promise((resolve) => (give = resolve)) : 't0');
  const w = await following({}, { token, welcome: { expiresAt: 1_100_000 } });
  const live = async (ms) => {
    for (let left = ms; left > 0; left -= 10_000) {
      await w.pass(Math.min(left, 10_000));
      w.socket.tell({ type: 'heartbeat', ts: 0 });
    }
  };
  await live(74_000);
  assert.deepEqual(asked, ['connect']);
  await live(20_000);
  assert.deepEqual(asked, ['connect', 'refresh']);
  w.socket.lose(4401);
  await w.settle();
  assert.deepEqual(asked, ['connect', 'refresh'], 'the one that is asked for serves');
  give('t1');
  await w.pass(1_000);
  assert.equal(tokens(w).at(-1), 'bearer.t1');
  w.client.close();
});

test('a renewed token goes to the server as auth, and what it answers plans the next', async () => {
  let asked = 0;
  const w = await following({}, { token: () => `t${asked++}`, welcome: { expiresAt: 1_010_000 } });
  await w.pass(9_500);
  assert.equal(w.socket.asked('auth')[0].token, 't1');
  w.socket.answer('auth', { type: 'authenticated', expiresAt: w.now + 10_000 });
  await w.pass(9_500);
  assert.deepEqual(w.socket.asked('auth').map((message) => message.token), ['t1', 't2']);
  assert.equal(w.sockets.length, 1);
  w.client.close();
});

test('over SSE a renewed token comes with another link', async () => {
  let asked = 0;
  const streams = [];
  const w = world({ transports: ['sse'], token: () => `t${asked++}` });
  w.answer = () => {
    streams.push(stream());
    streams.at(-1).tell(welcome({ expiresAt: Math.ceil(w.now) + 10_000 }));
    return streams.at(-1).response;
  };
  await w.pass(10_000);
  assert.deepEqual(w.posts.map(({ headers }) => headers.Authorization), ['Bearer t0', 'Bearer t1']);
  assert.equal(w.client.stats().reconnects, 0);
  w.client.close();
});

test('a provider that fails is told, and asked again after a while', async () => {
  let asked = 0;
  const token = async () => {
    if (!asked++) throw new Error('no luck');
    return 't';
  };
  const w = world({ token });
  await w.pass(2_000);
  assert.deepEqual([w.errors.map(({ message }) => message), asked, tokens(w)], [['no luck'], 2, ['bearer.t']]);
  w.client.close();
});

// What ends a link.

test('4400 ends it, and 4403 is unauthorized', async () => {
  for (const [code, state] of [[4400, 'closed'], [4403, 'unauthorized']]) {
    const w = await following();
    w.socket.lose(code);
    await w.pass(100_000);
    assert.deepEqual([w.client.state, w.sockets.length], [state, 1]);
    w.client.close();
  }
});

test('every other code reconnects', async () => {
  for (const code of [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1011, 4408, 4409, 4429]) {
    const w = await following();
    w.socket.lose(code);
    await w.pass(600);
    assert.equal(w.sockets.length, 2, code);
    w.client.close();
  }
});

test('what is malformed is counted, and replaces the link', async () => {
  for (const text of ['{', '[]', '{"type":"data","topic":"a"}', `{"type":"later","pad":"${'x'.repeat(200)}"}`]) {
    const w = await following({}, { limits: { maxMessageBytes: 150 } });
    w.socket.tell(text);
    assert.deepEqual([w.client.stats().malformed, w.client.state], [1, 'backoff']);
    w.client.close();
  }
});

test('a binary frame is malformed, and an envelope of a later version is skipped', async () => {
  const w = await following();
  w.socket.tell({ type: 'later' });
  assert.equal(w.client.state, 'open');
  w.socket.onmessage({ data: new ArrayBuffer(1) });
  assert.equal(w.client.state, 'backoff');
  w.client.close();
});

test('a silent link is asked, suspect, and then replaced', async () => {
  const w = await following();
  await w.pass(27_000);
  assert.deepEqual([w.client.state, w.socket.asked('ping').length], ['suspect', 2]);
  await w.pass(6_000);
  assert.equal(w.sockets.length, 2);
  w.client.close();
});

test('a link that answers is open again', async () => {
  const w = await following();
  await w.pass(27_000);
  w.socket.answer('ping', { type: 'pong', ts: 0 });
  await w.pass(10_000);
  assert.deepEqual([w.client.state, w.sockets.length], ['open', 1]);
  w.client.close();
});

test('a timer that comes late asks before it judges', async () => {
  const w = await following();
  w.socket.answer('ping', { type: 'pong', ts: 0 });
  w.now += 80_000;
  await w.pass(1);
  assert.deepEqual([w.client.state, w.sockets.length], ['suspect', 1]);
  w.socket.answer('ping', { type: 'pong', ts: 0 });
  await w.pass(5_000);
  assert.deepEqual([w.client.state, w.sockets.length], ['open', 1]);
  w.now += 80_000;
  await w.pass(6_000);
  assert.equal(w.sockets.length, 2, 'the second time nothing answers');
  w.client.close();
});

test('states are told with what led to them', async () => {
  const w = await following();
  w.client.drop();
  w.client.close();
  assert.deepEqual(names(w), ['connecting', 'open', 'backoff', 'closed']);
  const { from, reason, retryIn } = w.states[2];
  assert.deepEqual([from, reason, retryIn, w.states[1].node, w.states[1].transport], ['open', 'dropped', 500, 'n', 'websocket']);
});
