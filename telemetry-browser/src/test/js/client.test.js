import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from '../../../npm/telemetry.js';

/** A client whose time, network and randomness are in the hands of the test. */
function world(options = {}) {
  const w = { now: 0, sockets: [], posts: [], timers: [], states: [], answer: () => undefined };
  const setTimeout = (task, ms = 0, ...args) => (w.timers.push({ at: w.now + ms, task: () => task(...args) }), w.timers.at(-1));
  class WebSocket {
    constructor(url, protocols) {
      Object.assign(this, { url, protocols, readyState: 1, sent: [] });
      w.sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    tell(envelope) {
      this.onmessage({ data: typeof envelope === 'string' ? envelope : JSON.stringify(envelope) });
    }
    lose(code = 1006) {
      this.onclose({ code, reason: '' });
    }
    welcome() {
      this.tell({ type: 'welcome', protocol: 1, session: 's', node: 'n', heartbeat: 15_000, maxMessageBytes: 262_144 });
    }
    asked(type) {
      return this.sent.filter((message) => message.type === type);
    }
  }
  const fetch = async (url, init) => {
    w.posts.push({ url, ...init });
    const response = w.answer(url, init);
    if (!response) throw new TypeError('unreachable');
    return response;
  };
  const env = { WebSocket, fetch, setTimeout, clearTimeout: (timer) => (w.timers = w.timers.filter((one) => one !== timer)), now: () => w.now, random: () => 1, reportError: () => {} };
  w.settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  w.pass = async (ms) => {
    await w.settle();
    for (const end = w.now + ms; ; ) {
      const next = w.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) {
        w.now = end;
        return;
      }
      w.timers = w.timers.filter((one) => one !== next);
      w.now = Math.max(w.now, next.at);
      next.task();
      await w.settle();
    }
  };
  w.client = connect('http://host/telemetry', { transports: ['websocket'], onState: (state) => w.states.push(state), ...options, env: { ...env, ...options.env } });
  return w;
}

const record = (seq, topic = 'a') => ({ type: 'data', topic, seq, ts: 0, data: seq });

async function following(since) {
  const w = world();
  w.seen = [];
  w.gaps = [];
  w.subscription = w.client.subscribe('a', { since, onGap: (gap) => w.gaps.push(gap) }, ({ seq }) => w.seen.push(seq));
  await w.settle();
  const [socket] = w.sockets;
  socket.welcome();
  const { id } = socket.asked('subscribe')[0];
  socket.tell({ type: 'subscribed', id, topic: 'a', epoch: 'e', seq: 0, head: 0, recovered: true });
  return { ...w, w, socket };
}

test('what comes again is dropped, and what is missing is asked for while the rest is held back', async () => {
  const { socket, seen, client } = await following();
  for (const seq of [1, 2, 2, 1, 5, 6]) socket.tell(record(seq));
  assert.deepEqual(seen, [1, 2]);
  const [{ id, from, to }] = socket.asked('resync');
  assert.deepEqual([from, to], [3, 4]);
  socket.tell({ type: 'resyncing', id, topic: 'a', epoch: 'e', from, to });
  socket.tell(record(3));
  socket.tell(record(4));
  socket.tell({ type: 'resynced', id, topic: 'a', from, to });
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6]);
  const { repaired, duplicates, gaps } = client.stats();
  assert.deepEqual({ repaired, duplicates, gaps }, { repaired: 2, duplicates: 2, gaps: 0 });
  client.close();
});

test('a gap is told once, with what was lost', async () => {
  const { socket, gaps, client, subscription } = await following();
  const gap = { type: 'gap', topic: 'a', epoch: 'e', from: 1, to: 4, next: 5, reason: 'expired' };
  socket.tell(gap);
  socket.tell(gap);
  assert.deepEqual(gaps.map(({ from, to, lost }) => [from, to, lost]), [[1, 4, 4]]);
  assert.deepEqual(subscription.position(), { epoch: 'e', seq: 4 });
  client.close();
});

test('after a cut it resumes behind the last record', async () => {
  const { w, socket, client } = await following();
  socket.tell(record(1));
  socket.lose();
  await w.pass(600);
  w.sockets[1].welcome();
  assert.deepEqual(w.sockets[1].asked('subscribe')[0].since, { epoch: 'e', seq: 1 });
  assert.equal(client.state, 'open');
  client.close();
});

test('a repair that is not answered begins the topic anew over another link', async () => {
  const { w, socket, client } = await following();
  socket.tell(record(1));
  socket.tell(record(3));
  await w.pass(11_000);
  w.sockets.at(-1).welcome();
  assert.notEqual(w.sockets.at(-1), socket);
  assert.deepEqual(w.sockets.at(-1).asked('subscribe')[0].since, { epoch: 'e', seq: 1 });
  client.close();
});

test('what is not understood is counted, and replaces the link', async () => {
  const { socket, client } = await following();
  socket.tell('{');
  assert.equal(client.stats().malformed, 1);
  assert.equal(client.state, 'backoff');
  client.close();
});

test('a listener that throws harms nobody else', async () => {
  const { socket, seen, client } = await following();
  const errors = [];
  client.on('error', (error) => errors.push(error.message));
  client.subscribe('a', () => {
    throw new Error('mine');
  });
  socket.tell(record(1));
  assert.deepEqual([seen, errors], [[1], ['mine']]);
  client.close();
});

test('it falls back where no welcome comes, and says so', async () => {
  const w = world({ transports: ['websocket', 'sse'] });
  await w.pass(6_000);
  assert.ok(w.posts.some(({ url }) => url.endsWith('/events')));
  w.client.close();
});

test('a token that is refused twice is unauthorized, without a hot loop, until retry', async () => {
  let asked = 0;
  const w = world({ token: async () => `t${asked++}` });
  const body = { type: 'error', code: 'UNAUTHENTICATED', message: 'no', retryable: false };
  w.answer = () => new Response(JSON.stringify(body), { status: 401, headers: { 'Content-Type': 'application/json' } });
  await w.settle();
  w.sockets[0].lose();
  await w.pass(2_000);
  w.sockets[1].lose();
  await w.pass(100_000);
  assert.equal(w.client.state, 'unauthorized');
  assert.equal(w.sockets.length, 2);
  assert.deepEqual(w.sockets.map(({ protocols }) => protocols[1]), ['bearer.t0', 'bearer.t1']);
  w.client.retry('mine');
  await w.settle();
  assert.equal(w.sockets[2].protocols[1], 'bearer.mine');
  w.client.close();
});

test('4400 ends it, and 4403 is unauthorized', async () => {
  for (const [code, state] of [[4400, 'closed'], [4403, 'unauthorized']]) {
    const { w, socket, client } = await following();
    socket.lose(code);
    await w.pass(100_000);
    assert.deepEqual([client.state, w.sockets.length], [state, 1]);
    client.close();
  }
});

test('a silent link is suspect, and then replaced', async () => {
  const { w, client } = await following();
  await w.pass(27_000);
  assert.equal(client.state, 'suspect');
  await w.pass(6_000);
  assert.ok(w.sockets.length > 1);
  client.close();
});

test('a page that is hidden away pauses, and resumes from its position', async () => {
  const window = new EventTarget();
  const w = world({ env: { window } });
  await w.settle();
  w.sockets[0].welcome();
  window.dispatchEvent(new Event('pagehide'));
  assert.equal(w.client.state, 'paused');
  await w.pass(60_000);
  assert.equal(w.sockets.length, 1);
  window.dispatchEvent(new Event('pageshow'));
  await w.settle();
  assert.equal(w.sockets.length, 2);
  w.client.close();
});

test('a published record that was under way when the link was lost rejects', async () => {
  const { socket, client } = await following();
  const published = client.publish('b', { n: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(socket.asked('publish')[0].topic, 'b');
  client.drop();
  await assert.rejects(published, { code: 'UNAVAILABLE' });
  client.close();
});
