import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { internals } from '../../../npm/telemetry.js';

const { eventReader, isEnvelope, isEpoch, isExact, isPattern, overlaps } = internals;
const vectors = JSON.parse(readFileSync(new URL('../../../../docs/protocol/vectors.json', import.meta.url), 'utf8'));

test('topics, patterns and epochs are those of the vectors', () => {
  for (const topic of vectors.topics.valid) assert.ok(isPattern(topic) && isExact(topic), topic);
  for (const topic of vectors.topics.invalid) assert.ok(!(isPattern(topic) && isExact(topic)), topic);
  for (const pattern of vectors.patterns.valid) assert.ok(isPattern(pattern), pattern);
  for (const pattern of vectors.patterns.invalid) assert.ok(!isPattern(pattern), pattern);
  for (const { pattern, topic, matches } of vectors.patterns.matches) assert.equal(overlaps(pattern, topic), matches, `${pattern} ${topic}`);
  for (const epoch of vectors.epochs.valid) assert.ok(isEpoch(epoch), epoch);
  for (const epoch of vectors.epochs.invalid) assert.equal(isEpoch(epoch), epoch === '', epoch);
});

test('every valid envelope of a server is accepted', () => {
  for (const { name, direction, json } of vectors.valid) if (direction === 'server') assert.ok(isEnvelope(JSON.parse(json)), name);
});

test('what a server must not send is refused, but what a later version may send', () => {
  for (const { name, direction, json, code } of vectors.invalid) {
    if (direction === 'server') assert.equal(isEnvelope(JSON.parse(json)), code === 'UNKNOWN_TYPE', name);
  }
});

test('what is no envelope is not', () => {
  for (const value of [null, 1, 'a', [], {}, { type: 1 }, { type: 'data' }, { type: 'gap', topic: 'a' }, { type: 'error' }]) assert.ok(!isEnvelope(value));
  assert.ok(isEnvelope({ type: 'of a later version' }));
});

test('events are read however they are cut', () => {
  const stream = ': comment\r\nid: 1\r\ndata: a\r\n\r\ndata:b\ndata: c\n\ndata: d\r\rdata\n\nevent: x\n\n';
  for (let size = 1; size < stream.length; size++) {
    const read = [];
    const parse = eventReader(1_000, (data) => read.push(data));
    for (let i = 0; i < stream.length; i += size) parse(stream.slice(i, i + size));
    assert.deepEqual(read, ['a', 'b\nc', 'd', ''], `in pieces of ${size}`);
  }
});

test('an event that is too large is refused', () => {
  assert.throws(() => eventReader(10, () => {})('data: 12345678'), RangeError);
});
