'use strict';
// Follows topics with EventSource, which is cut off in the middle and comes back by itself, with the Last-Event-ID that it
// noted. Expects that no record is missing, and with one topic that none comes twice.
//
//   TOKEN=<jwt> node events.js 'http://127.0.0.1:8080/telemetry/events?topic=TOPIC&since=start' BEFORE AFTER
//
// Takes BEFORE records, ends the stream under the client, and takes AFTER records more of each topic. The records must have
// their own number as "n" in their data.
const http = require('node:http');
const EventSource = require('eventsource');
const { version } = require('eventsource/package.json');

const PATIENCE_MS = 60_000;
const [url] = process.argv.slice(2, 3);
const [before, after] = process.argv.slice(3).map(Number);
const topics = new URL(url).searchParams.getAll('topic');

const last = new Map();
const goal = new Map();
const resumedWith = [];
let records = 0;
let twice = 0;
let cut;

function check(holds, message) {
  if (!holds) throw new Error(message);
}

/** The connection to the server, as far as it can be reached: what the client asks with passes through here. */
const plainRequest = http.request;
http.request = (options, onResponse) => {
  resumedWith.push(options.headers['Last-Event-ID'] ?? '');
  const request = plainRequest(options, onResponse);
  cut = () => request.destroy();
  return request;
};

function receive(envelope) {
  check(envelope.type !== 'gap', `records were lost: ${JSON.stringify(envelope)}`);
  if (envelope.type !== 'data') return;
  const { topic, seq, data } = envelope;
  const known = last.get(topic) ?? 0;
  check(data.n === seq, `record ${seq} has the data of ${data.n}`);
  check(seq <= known + 1, `record ${seq} of ${topic} came after ${known}`);
  if (seq <= known) {
    check(topics.length > 1, `record ${seq} of ${topic} came twice`);
    twice++;
    return;
  }
  last.set(topic, seq);
  records++;
}

const source = new EventSource(url, { headers: { Authorization: `Bearer ${process.env.TOKEN}` } });
source.onmessage = (message) => {
  try {
    receive(JSON.parse(message.data));
    if (resumedWith.length === 1 && records >= before && (topics.length === 1 || message.lastEventId)) {
      for (const topic of topics) goal.set(topic, (last.get(topic) ?? 0) + after);
      cut();
    } else if (resumedWith.length === 2 && topics.every((topic) => last.get(topic) >= goal.get(topic))) {
      check(resumedWith[1] !== '', 'the client came back without a Last-Event-ID');
      source.close();
      console.log(`ok eventsource/${version} records=${records} twice=${twice} id=${resumedWith[1]}`);
      process.exit(0);
    }
  } catch (error) {
    fail(error);
  }
};
source.onerror = (event) => {
  if (source.readyState === EventSource.CLOSED) fail(new Error(`refused: ${event.status} ${event.message}`));
};

setTimeout(() => fail(new Error(`no end after ${PATIENCE_MS} ms`)), PATIENCE_MS).unref();

function fail(error) {
  console.log(`FAILED eventsource/${version} at ${JSON.stringify([...last])}: ${error.message}`);
  process.exit(1);
}
