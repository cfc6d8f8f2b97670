/** Which numbers of a topic stand in one chart: those of one unit, or where there are several keys, one field of each. */

export const MAX_LINES = 12;

const UNIT_NAMES = { percent: '%', '': 'number' };

/**
 * @returns {{ name: string, unit: string, lines: { label: string, column: number }[], more: number }[]} the most telling one first;
 *     `more` lines were left out
 */
export function viewsOf(topic, descriptions) {
  const fields = new Map();
  topic.columns.forEach(({ key, field }, column) => {
    if (!fields.has(field)) fields.set(field, { ...descriptions.field(topic.name, field), columns: [] });
    fields.get(field).columns.push({ key, column });
  });
  const ordered = [...fields.values()].sort((a, b) => a.order - b.order || isRatio(b) - isRatio(a));
  const keys = new Set(topic.columns.map(({ key }) => key));
  return (keys.size > 1 ? ordered.map(byKey) : byUnit(ordered)).map(bounded);
}

/** A part of a whole says the most by itself. */
const isRatio = ({ unit }) => Number(unit === 'percent');

function byKey({ label, unit, columns }) {
  const lines = columns.map(({ key, column }) => ({ label: key || '(no key)', column })).sort((a, b) => compareKeys(a.label, b.label));
  return { name: label, unit, lines };
}

function compareKeys(a, b) {
  return Number(b === 'total') - Number(a === 'total') || a.localeCompare(b, 'en', { numeric: true });
}

function byUnit(fields) {
  const views = new Map();
  for (const { label, unit, columns } of fields) {
    if (!views.has(unit)) views.set(unit, { unit, lines: [] });
    views.get(unit).lines.push({ label, column: columns[0].column });
  }
  return [...views.values()].map(({ unit, lines }) => ({ name: lines.length === 1 ? lines[0].label : UNIT_NAMES[unit] ?? unit, unit, lines }));
}

function bounded(view) {
  return { ...view, lines: view.lines.slice(0, MAX_LINES), more: Math.max(0, view.lines.length - MAX_LINES) };
}

/**
 * The rows of a table as uPlot wants them: one array of times, one of each line. `undefined` is nothing at that moment; `null` is a break,
 * and stands where records are lost.
 *
 * @param {{ from: number, to: number }} range times; one row beyond each end is there too, so that lines go on to the edge
 */
export function plotData(topic, lines, range) {
  const { table, gaps } = topic;
  const begin = Math.max(0, table.indexOf(range.from) - 1);
  const end = Math.min(table.length, table.indexOf(range.to) + 1);
  const values = lines.map(({ column }) => table.columns[column]);
  const data = [[], ...lines.map(() => [])];
  let gap = gaps.findIndex(({ to }) => to >= (table.times[begin] ?? 0));
  for (let row = begin; row < end; row++) {
    const at = table.times[row];
    if (gap >= 0 && gap < gaps.length && at > gaps[gap].from) {
      data[0].push(gaps[gap].from / 1_000);
      for (let line = 1; line < data.length; line++) data[line].push(null);
      gap++;
    }
    data[0].push(at / 1_000);
    for (let line = 0; line < values.length; line++) {
      const value = values[line][row];
      data[line + 1].push(Number.isNaN(value) ? undefined : value);
    }
  }
  return data;
}
