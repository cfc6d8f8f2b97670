import { el } from './dom.js';
import { count, jsonText, text, time } from './format.js';
import { leaves } from './topic.js';

const MAX_ROWS = 60;
const MAX_LATEST = 100;

function table(caption, heads, rows) {
  return el(
    'table',
    {},
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
    el('tbody', {}, ...rows.map(([first, ...cells]) => el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell))))),
  );
}

/** The newest record of each key: all that is in it, texts too. */
export function latestTable(topic, descriptions) {
  const records = [...topic.latest.values()].slice(0, MAX_LATEST);
  const fields = new Set(records.flatMap(({ data }) => [...leaves(data)].map(([field]) => field)));
  const isKeyed = records.some(({ key }) => key !== undefined);
  const described = [...fields].map((field) => ({ field, ...descriptions.field(topic.name, field) }));
  const rows = records.map(({ key, ts, data }) => {
    const values = new Map(leaves(data));
    return [isKeyed ? key ?? '(no key)' : time(ts), ...described.map(({ field, unit }) => cell(values.get(field), unit))];
  });
  return table('Latest', [isKeyed ? 'Key' : 'Time', ...described.map(({ label }) => label)], rows);
}

function cell(value, unit) {
  if (value === undefined || value === null) return '–';
  return typeof value === 'number' ? text(value, unit) : jsonText(value);
}

/** What a chart shows, the newest first. */
export function historyTable(data, lines, unit) {
  const [times, ...columns] = data;
  const rows = [];
  for (let row = times.length - 1; row >= 0 && rows.length < MAX_ROWS; row--) {
    const values = columns.map((column) => column[row]);
    if (values.length && values.every((value) => value === null)) rows.push([time(times[row] * 1_000), ...values.map(() => 'lost')]);
    else rows.push([time(times[row] * 1_000), ...values.map((value) => cell(value, unit))]);
  }
  const since = times.length ? ` since ${time(times[0] * 1_000)}` : '';
  return table(`History: ${count(times.length)} moments${since}, newest ${rows.length}`, ['Time', ...lines.map(({ label }) => label)], rows);
}
