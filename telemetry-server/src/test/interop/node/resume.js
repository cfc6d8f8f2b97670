'use strict';
// Subscribes, cuts the connection without a word, comes back, and expects every record exactly once.
//
//   TOKEN=<jwt> node resume.js ws://127.0.0.1:8080/telemetry TOPIC BEFORE AFTER
//
// Takes BEFORE records from the start of TOPIC, resets the TCP connection, prints `away SEQ`, and waits for a line on its
// input. Then it resumes from its position, takes what it missed and AFTER records more. The records of TOPIC must have
// their own number as "n" in their data. The token travels as a subprotocol, as it does from a browser.
const { on, once } = require('node:events');
const readline = require('node:readline');
const WebSocket = require('ws');
const { version } = require('ws/package.json');

const PATIENCE_MS = 60_000;
const [url, topic] = process.argv.slice(2, 4);
const [before, after] = process.argv.slice(4).map(Number);

const position = { epoch: '', seq: 0 };
let records = 0;

function check(holds, message) {
  if (!holds) throw new Error(message);
}

async function connect(since) {
  const ws = new WebSocket(url, ['telemetry.v1', `bearer.${process.env.TOKEN}`]);
  // Before the socket is open, since the welcome may arrive together with the answer to the handshake.
  const frames = on(ws, 'message');
  ws.on('close', () => frames.return());
  const [response] = await once(ws, 'upgrade');
  check(ws.protocol === 'telemetry.v1', `the server chose the subprotocol "${ws.protocol}"`);

  const connection = {
    ws,
    socket: response.socket,
    async next() {
      const { done, value } = await frames.next();
      check(!done, 'the server closed the connection');
      const [bytes, binary] = value;
      check(!binary, 'a binary frame came');
      return JSON.parse(bytes.toString('utf8'));
    },
    async expect(type) {
      const envelope = await connection.next();
      check(envelope.type === type, `expected ${type}, got ${JSON.stringify(envelope)}`);
      return envelope;
    },
  };
  const welcome = await connection.expect('welcome');
  check(welcome.protocol === 1, `the server speaks protocol ${welcome.protocol}`);
  ws.send(JSON.stringify({ type: 'subscribe', id: 1, topic, since }));
  connection.subscribed = await connection.expect('subscribed');
  check(connection.subscribed.id === 1, 'the answer has another id');
  check(connection.subscribed.recovered, 'the server says that records were lost');
  return connection;
}

/** Takes records until the position is reached; whatever is out of turn ends the run. */
async function receive(connection, last) {
  while (position.seq < last) {
    const envelope = await connection.next();
    if (envelope.type === 'heartbeat') continue;
    check(envelope.type === 'data', `instead of a record came ${JSON.stringify(envelope)}`);
    check(envelope.seq === position.seq + 1, `record ${envelope.seq} came after ${position.seq}`);
    check(envelope.data.n === envelope.seq, `record ${envelope.seq} has the data of ${envelope.data.n}`);
    position.seq = envelope.seq;
    records++;
  }
}

async function main() {
  const first = await connect('start');
  position.epoch = first.subscribed.epoch;
  position.seq = first.subscribed.seq;
  const start = position.seq + 1;
  await receive(first, position.seq + before);

  first.socket.resetAndDestroy();
  await once(first.ws, 'close');
  const cut = position.seq;
  console.log(`away ${cut}`);
  const input = readline.createInterface({ input: process.stdin });
  await once(input, 'line');
  input.close();

  const second = await connect({ ...position });
  const { epoch, seq, head } = second.subscribed;
  check(epoch === position.epoch && seq === cut, `resumed at ${epoch}:${seq}, not at ${position.epoch}:${cut}`);
  await receive(second, head + after);
  second.ws.close(1000);
  const [code] = await once(second.ws, 'close');
  check(code === 1000, `the closing handshake ended with ${code}`);
  console.log(`ok ws/${version} first=${start} cut=${cut} head=${head} last=${position.seq} records=${records}`);
}

setTimeout(() => fail(new Error(`no end after ${PATIENCE_MS} ms, at ${position.seq}`)), PATIENCE_MS).unref();

function fail(error) {
  console.log(`FAILED ws/${version} at ${position.seq}: ${error.message}`);
  process.exit(1);
}

main().catch(fail);
