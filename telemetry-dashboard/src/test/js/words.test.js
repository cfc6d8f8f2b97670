import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Descriptions, guessUnit } from '../../main/resources/live/telemetry/dashboard/describe.js';
import { axisSteps, axisTexts, jsonText, quantity, text } from '../../main/resources/live/telemetry/dashboard/format.js';
import { Lag } from '../../main/resources/live/telemetry/dashboard/lag.js';
import { TimeWindow } from '../../main/resources/live/telemetry/dashboard/time-window.js';

test('numbers are shown in the step that fits', () => {
  const cases = [
    [0, 'bytes', '0 B'], [1_234_567, 'bytes', '1.18 MiB'], [250, 'bytes/s', '250 B/s'], [45.678, 'percent', '45.7%'], [0.2, 'ms', '200 µs'],
    [1_500, 'ms', '1.50 s'], [12_345, '', '12,345'], [123_456, '', '123 k'], [1.5e6, '/s', '1.50 M/s'], [12.5, 'widgets', '12.5 widgets'], [0, 'ms', '0 ms'],
    [-3, '', '-3'], [undefined, 'bytes', '–'], [NaN, '', '–'],
  ];
  for (const [value, unit, shown] of cases) assert.equal(text(value, unit), shown);
  assert.deepEqual(quantity(2 ** 30, 'bytes'), { number: '1.00', unit: 'GiB' });
});

test('the texts of an axis are in one step, and differ', () => {
  assert.deepEqual(axisTexts([0, 2 ** 28, 2 ** 29], 'bytes'), ['0', '256 MiB', '512 MiB']);
  assert.deepEqual(axisTexts([0, 2.5, 5], ''), ['0', '2.5', '5.0']);
  assert.ok(axisSteps('bytes').includes(2 ** 28));
});

test('units are guessed from the ends of names', () => {
  const cases = { rxBytesPerSecond: 'bytes/s', packetsPerSecond: '/s', usedBytes: 'bytes', cpuPercent: 'percent', recentMillis: 'ms', pauseMs: 'ms', items: '', uptimeSeconds: 's' };
  for (const [name, unit] of Object.entries(cases)) assert.equal(guessUnit(name), unit, name);
});

test('titles, groups and labels are made from names', () => {
  const descriptions = new Descriptions();
  assert.deepEqual(descriptions.topic('host.cpu'), { title: 'CPU', group: 'Host', order: 1_000 });
  assert.deepEqual(descriptions.topic('load.12'), { title: 'Load 12', group: 'Load', order: 1_000 });
  assert.deepEqual(descriptions.topic('orders'), { title: 'Orders', group: 'Other', order: 1_000 });
  assert.equal(descriptions.field('a', 'rxBytesPerSecond').label, 'rx');
  assert.equal(descriptions.field('a', 'openOrders').label, 'open orders');
});

test('a description that does not fit counts as not said', () => {
  const descriptions = new Descriptions();
  for (const data of [null, 1, 'x', [], { title: 5, order: 'x', fields: 3 }, { fields: { used: null } }, { fields: [] }]) {
    descriptions.put('host.cpu', data);
    assert.equal(descriptions.topic('host.cpu').title, 'CPU');
    assert.equal(descriptions.field('host.cpu', 'used').label, 'used');
  }
});

test('a field named like what every object has is a field like others', () => {
  const descriptions = new Descriptions();
  descriptions.put('a', { fields: {} });
  assert.equal(descriptions.field('a', 'constructor').unit, '');
  assert.equal(text(1, 'constructor'), '1 constructor');
});

test('values that are no numbers are shortened', () => {
  assert.equal(jsonText('x'.repeat(200)).length, 80);
  assert.equal(jsonText(['a', 1]), '["a",1]');
});

test('the lag does not take another clock for lateness', () => {
  const lag = new Lag();
  const ahead = 3_600_000;
  for (const late of [5, 5, 5, 25, 5]) lag.note(10_000 + ahead, 10_000 + late, 10);
  assert.equal(lag.millis, 5);
  assert.equal(lag.offset, ahead);
});

test('a window goes on with the clock, stands while it is paused, and can be zoomed into', () => {
  let now = 1_000_000;
  const window = new TimeWindow(() => now, 1);
  assert.deepEqual(window.range(), { from: 940_000, to: 1_000_000 });
  window.pause();
  now += 5_000;
  assert.equal(window.range().to, 1_000_000);
  window.zoom(950_000, 950_010);
  assert.deepEqual(window.range(), { from: 949_505, to: 950_505 });
  window.zoomed = undefined;
  window.resume();
  assert.equal(window.range().to, 1_005_000);
});
