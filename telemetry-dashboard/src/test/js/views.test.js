import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Descriptions } from '../../main/resources/live/telemetry/dashboard/describe.js';
import { Topic } from '../../main/resources/live/telemetry/dashboard/topic.js';
import { MAX_LINES, plotData, viewsOf } from '../../main/resources/live/telemetry/dashboard/views.js';

const T0 = 1_800_000_000_000;

function topicOf(...records) {
  const topic = new Topic('a.b', { bytes: 0, maxBytes: 1e9 });
  topic.begin({ epoch: 'e', seq: 0, head: 0 });
  records.forEach(([key, data, second], index) => topic.add({ key, data, seq: index + 1, ts: T0 + (second ?? index) * 1_000 }));
  return topic;
}

const shape = (views) => views.map(({ name, unit, lines }) => [name, unit, lines.map(({ label }) => label)]);

test('fields of one unit stand in one chart, a percentage first', () => {
  const topic = topicOf([undefined, { usedBytes: 1, maxBytes: 2, percent: 50, items: 3 }]);
  assert.deepEqual(shape(viewsOf(topic, new Descriptions())), [
    ['percent', 'percent', ['percent']],
    ['bytes', 'bytes', ['used', 'max']],
    ['items', '', ['items']],
  ]);
});

test('of several keys each field is a chart, with a line for each key, the total first', () => {
  const topic = topicOf(['core-10', { busy: 1, idle: 2 }], ['core-2', { busy: 1, idle: 2 }], ['total', { busy: 1, idle: 2 }]);
  assert.deepEqual(shape(viewsOf(topic, new Descriptions())), [
    ['busy', '', ['total', 'core-2', 'core-10']],
    ['idle', '', ['total', 'core-2', 'core-10']],
  ]);
});

test('a description gives names, units and order', () => {
  const descriptions = new Descriptions();
  descriptions.put('a.b', { unit: 'bytes', fields: { two: { title: 'the second' }, one: { title: 'the first', unit: 'ms' } } });
  assert.deepEqual(shape(viewsOf(topicOf([undefined, { one: 1, two: 2 }]), descriptions)), [
    ['the second', 'bytes', ['the second']],
    ['the first', 'ms', ['the first']],
  ]);
});

test('so many lines fit a chart, and the rest is counted', () => {
  const [view] = viewsOf(topicOf(...Array.from({ length: 20 }, (_, i) => [`k${i}`, 1])), new Descriptions());
  assert.deepEqual([view.lines.length, view.more], [MAX_LINES, 20 - MAX_LINES]);
});

test('what a line lacks at a moment is left away, and lost records break it', () => {
  const topic = topicOf(['x', 1, 0], ['y', 2, 1]);
  topic.lose({ epoch: 'e', from: 3, to: 4, next: 5, lost: 2, reason: 'expired' });
  topic.add({ key: 'x', data: 3, seq: 5, ts: T0 + 9_000 });
  const [view] = viewsOf(topic, new Descriptions());
  assert.deepEqual(plotData(topic, view.lines, { from: T0, to: T0 + 10_000 }), [
    [T0 / 1_000, T0 / 1_000 + 1, T0 / 1_000 + 1, T0 / 1_000 + 9],
    [1, undefined, null, 3],
    [undefined, 2, null, undefined],
  ]);
});

test('one row beyond each end is there, so that lines go on to the edge', () => {
  const topic = topicOf([undefined, 0], [undefined, 1], [undefined, 2], [undefined, 3], [undefined, 4]);
  const [view] = viewsOf(topic, new Descriptions());
  assert.deepEqual(plotData(topic, view.lines, { from: T0 + 1_500, to: T0 + 2_500 })[1], [1, 2, 3]);
});
