import { connect } from '../../../npm/telemetry.js';

/** The server's end of a WebSocket. */
class FakeSocket {
  readyState = 1;
  sent = [];

  constructor(url, protocols) {
    Object.assign(this, { url, protocols });
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

  welcome(fields) {
    this.tell(welcome(fields));
  }

  asked(type) {
    return this.sent.filter((message) => message.type === type);
  }

  /** Answers the last message of a type. */
  answer(type, fields) {
    this.tell({ id: this.asked(type).at(-1).id, ...fields });
  }
}

export const welcome = (fields) => ({ type: 'welcome', protocol: 1, session: 's', node: 'n', heartbeat: 15_000, maxMessageBytes: 262_144, ...fields });
export const record = (seq, topic = 'a', fields = {}) => ({ type: 'data', topic, seq, ts: 0, data: seq, ...fields });
export const placed = (seq, fields = {}) => ({ type: 'subscribed', topic: 'a', epoch: 'e', seq, head: seq, recovered: true, ...fields });
export const json = (body, init) => new Response(JSON.stringify(body), init);
export const refusal = (status, code, headers) => json({ type: 'error', code, message: code, retryable: false }, { status, headers });

/** An event stream that a test writes. */
export function stream() {
  let controller;
  const body = new ReadableStream({ start: (one) => (controller = one) });
  const bytes = new TextEncoder();
  return {
    response: new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }),
    write: (text) => controller.enqueue(bytes.encode(text)),
    tell: (envelope) => controller.enqueue(bytes.encode(`data: ${JSON.stringify(envelope)}\n\n`)),
    end: () => controller.close(),
  };
}

/** A client whose time, network, page and randomness are in the hands of the test. */
export function world({ env, ...options } = {}) {
  const sockets = [];
  const w = { now: 1_000_000, sockets, posts: [], timers: [], states: [], errors: [], reported: [], frames: [], stored: {}, answer: () => undefined };
  w.window = new EventTarget();
  w.document = { hidden: false, baseURI: 'http://host/' };
  w.fire = (event) => w.window.dispatchEvent(new Event(event));
  w.settle = async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  /** Lets time pass, timer by timer. */
  w.pass = async (ms) => {
    await w.settle();
    for (const end = w.now + ms; ; ) {
      const [next] = w.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      w.now = next ? Math.max(w.now, next.at) : end;
      if (!next) return;
      w.timers.splice(w.timers.indexOf(next), 1);
      next.task();
      await w.settle();
    }
  };
  /** What was posted to a path, as bodies. */
  w.bodies = (path) => w.posts.filter(({ url }) => url.endsWith(path)).map(({ body }) => JSON.parse(body));
  class WebSocket extends FakeSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  }
  const fetch = async (url, init) => {
    w.posts.push({ url, ...init });
    const response = await w.answer(url, init);
    if (!response) throw new TypeError('unreachable');
    return response;
  };
  const fakes = {
    WebSocket,
    fetch,
    setTimeout: (task, ms) => void w.timers.push({ at: w.now + ms, task }),
    requestAnimationFrame: (draw) => void w.frames.push(draw),
    reportError: (error) => void w.reported.push(error),
    now: () => w.now,
    random: () => 1,
    document: w.document,
    window: w.window,
    storage: { getItem: (key) => w.stored[key] ?? null, setItem: (key, value) => void (w.stored[key] = value) },
    ...env,
  };
  w.client = connect('/telemetry', { transports: ['websocket'], ...options, onState: (state, detail) => w.states.push({ state, ...detail }), env: fakes });
  w.client.on('error', (error) => w.errors.push(error));
  return w;
}

/** A client that follows the topic `a` over a WebSocket, and what its listener was told. */
export async function following(settings, options) {
  const w = world(options);
  w.seen = [];
  w.gaps = [];
  const onGap = (gap) => w.gaps.push([gap.reason, gap.from, gap.to, gap.lost]);
  w.subscription = w.client.subscribe('a', { ...settings, onGap }, ({ seq }) => w.seen.push(seq));
  await w.settle();
  w.socket = w.sockets[0];
  w.socket.welcome(options?.welcome);
  w.socket.answer('subscribe', placed(0));
  await w.settle();
  return w;
}
