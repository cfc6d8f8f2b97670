// Follows published topics over each transport while links are cut, stall and lose messages, and checks that each record comes once and in
// order, or is named in a gap: node fault-run.js <url> <token> <seed> <seconds> [<url to publish>]. The token has to allow publishing
// and subscribing. What fails between the first url and the server is not to fail the publisher.
// Where there is no global WebSocket, the one of the package ws is used, if that is installed.

import { connect } from '../../../npm/telemetry.js';

const [url, token, seed = '1', seconds = '20', publishUrl = url] = process.argv.slice(2);

/** mulberry32 */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(Number(seed));
const failures = [];

async function webSocket() {
  if (globalThis.WebSocket) return globalThis.WebSocket;
  try {
    return (await import('ws')).default;
  } catch {
    return undefined;
  }
}

/** A WebSocket that loses, repeats and delays messages, cuts itself, and falls silent. */
function faulty(WebSocket) {
  return class {
    #socket;
    #stalled = false;
    #held = [];

    constructor(...args) {
      const socket = (this.#socket = new WebSocket(...args));
      socket.onmessage = (event) => this.#message(event);
      socket.onclose = (event) => this.onclose?.(event);
      socket.onerror = () => {};
    }

    get readyState() {
      return this.#socket.readyState;
    }

    #message(event) {
      const chance = random();
      if (this.#stalled) return;
      if (chance < 0.0005) this.#stalled = true;
      else if (chance < 0.004 && /^{"type":"data"/.test(event.data)) return;
      else if (chance < 0.008 && /^{"type":"data"/.test(event.data)) this.#held.push(event);
      else this.onmessage?.(event);
      if (chance > 0.996) this.onmessage?.(event);
      if (chance > 0.99) for (const held of this.#held.splice(0)) this.onmessage?.(held);
      if (chance > 0.9985) this.#socket.close();
    }

    send(text) {
      if (!this.#stalled) this.#socket.send(text);
    }

    close() {
      this.#socket.close();
    }
  };
}

/** A fetch whose streams break, and which fails now and then. */
async function faultyFetch(...args) {
  if (random() < 0.03) throw new TypeError('cut before the answer');
  const response = await fetch(...args);
  if (random() < 0.03) throw new TypeError('cut behind the answer');
  if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return response;
  const cut = new TransformStream({
    transform(chunk, controller) {
      if (random() < 0.005) return controller.error(new TypeError('cut'));
      // In two pieces, so that events and characters are split.
      const at = Math.floor(random() * chunk.length);
      controller.enqueue(chunk.subarray(0, at));
      controller.enqueue(chunk.subarray(at));
      return undefined;
    },
  });
  return new Response(response.body.pipeThrough(cut), { status: response.status, headers: response.headers });
}

/** What one subscription was given of each topic. */
class Audit {
  #last = new Map();
  records = 0;
  gaps = 0;

  constructor(name) {
    this.name = name;
  }

  last(topic) {
    return this.#last.get(topic);
  }

  record({ topic, seq }) {
    const last = this.#last.get(topic);
    this.records++;
    if (last !== undefined && seq !== last + 1) failures.push(`${this.name}: ${topic} ${seq} came after ${last}`);
    this.#last.set(topic, seq);
  }

  gap({ topic, from, to, next }) {
    const last = this.#last.get(topic);
    this.gaps++;
    if (last !== undefined && from > last + 1) failures.push(`${this.name}: the gap ${topic} ${from} to ${to} came after ${last}`);
    this.#last.set(topic, next - 1);
  }
}

const WebSocket = await webSocket();
const run = `faults.${seed}.${Date.now()}`;
const topics = [0, 1, 2].map((n) => `${run}.${n}`);
const pattern = `${run}.*`;
const publisher = connect(publishUrl, { token, env: { WebSocket } });
const heads = new Map(topics.map((topic) => [topic, 0]));
const kinds = WebSocket ? ['websocket', 'sse', 'poll'] : ['sse', 'poll'];
const clients = kinds.map((kind) => {
  const env = { WebSocket: WebSocket && faulty(WebSocket), fetch: faultyFetch, random };
  const client = connect(url, { token, transports: [kind], backoff: { base: 50, max: 500 }, env });
  const audits = [];
  const follow = (topic, since) => {
    const audit = new Audit(`${kind} ${topic} from ${JSON.stringify(since)}`);
    audits.push(audit);
    client.subscribe(topic, { since, onGap: (gap) => audit.gap(gap) }, (record) => audit.record(record));
  };
  client.on('error', () => {});
  follow(pattern, 'start');
  follow(topics[0], { last: 20 });
  return { kind, client, audits, follow };
});

let isOver = false;
const publishing = topics.map(async (topic) => {
  let n = 0;
  while (!isOver) {
    const { seq } = await publisher.publish(topic, { n: n++, text: 'grün 🙂' });
    heads.set(topic, seq);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
});
const faults = setInterval(() => {
  const { client, follow, audits } = clients[Math.floor(random() * clients.length)];
  const chance = random();
  if (chance < 0.4) client.drop();
  else if (chance < 0.6 && audits.length < 8) follow(chance < 0.5 ? topics[1] : pattern, 'start');
  else if (chance < 0.7) client.use(random() < 0.5 ? kinds : [...kinds].reverse());
}, 400);
await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
isOver = true;
clearInterval(faults);
await Promise.all(publishing);

const isBehind = () => clients.flatMap(({ audits }) => audits.map((audit) => [audit, topics.filter((topic) => audit.name.includes(`${topic} `) || audit.name.includes(pattern))]))
  .flatMap(([audit, mine]) => mine.filter((topic) => audit.last(topic) !== heads.get(topic)).map((topic) => `${audit.name}: ${topic} is at ${audit.last(topic)} of ${heads.get(topic)}`));
// One more record each now and then: the last one may have been lost, and only the next shows that.
for (const deadline = Date.now() + 60_000; isBehind().length && Date.now() < deadline; ) {
  for (const topic of topics) heads.set(topic, (await publisher.publish(topic, 'more')).seq);
  await new Promise((resolve) => setTimeout(resolve, 500));
}
failures.push(...isBehind());
for (const { kind, client, audits } of clients) {
  const { state, transport, repaired, lost, duplicates, reconnects, takeOvers } = client.stats();
  const records = audits.reduce((sum, audit) => sum + audit.records, 0);
  const gaps = audits.reduce((sum, audit) => sum + audit.gaps, 0);
  console.log(JSON.stringify({ kind, state, transport, subscriptions: audits.length, records, gaps, repaired, lost, duplicates, reconnects, takeOvers }));
  client.close();
}
publisher.close();
if (failures.length) {
  console.log(`FAILED with seed ${seed}:\n${failures.slice(0, 20).join('\n')}`);
  process.exit(1);
}
console.log(`ok with seed ${seed}`);
process.exit(0);
