/** Numbers, times and spans as people read them. A unit is one of `STEPS`, or any other text, which is shown as it is. */

const BINARY = [[1, 'B'], [2 ** 10, 'KiB'], [2 ** 20, 'MiB'], [2 ** 30, 'GiB'], [2 ** 40, 'TiB']];
const DECIMAL = [[1, ''], [1e3, 'k'], [1e6, 'M'], [1e9, 'G'], [1e12, 'T']];

const rated = (steps) => steps.map(([factor, label]) => [factor, `${label}/s`]);

/** By unit: from which size on which label is used. */
const STEPS = {
  bytes: BINARY,
  'bytes/s': rated(BINARY),
  '/s': rated(DECIMAL),
  percent: [[1, '%']],
  ns: [[1, 'ns'], [1e3, 'µs'], [1e6, 'ms'], [1e9, 's']],
  ms: [[1e-3, 'µs'], [1, 'ms'], [1e3, 's'], [6e4, 'min'], [3.6e6, 'h']],
  s: [[1e-3, 'ms'], [1, 's'], [60, 'min'], [3_600, 'h'], [86_400, 'd']],
  '': DECIMAL,
};

const formats = new Map();

/** Making a `NumberFormat` costs a hundred times as much as using it. */
function decimals(digits) {
  if (!formats.has(digits)) {
    formats.set(digits, new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return formats.get(digits);
}

function stepFor(size, unit) {
  const steps = Object.hasOwn(STEPS, unit) ? STEPS[unit] : [[1, unit]];
  // Numbers of five digits are still read at a glance.
  const isPlain = size === 0 || (unit === '' && size < 1e5);
  return isPlain ? steps.find(([factor]) => factor === 1) : steps.findLast(([factor]) => size >= factor) ?? steps[0];
}

/** @returns {{ number: string, unit: string }} three digits that count, in the step of the unit that fits */
export function quantity(value, unit = '') {
  if (value === undefined || value === null || !Number.isFinite(value)) return { number: '–', unit: '' };
  const [factor, label] = stepFor(Math.abs(value), unit);
  const scaled = value / factor;
  const size = Math.abs(scaled);
  const isWhole = Number.isInteger(scaled) && unit !== 'percent' && (factor === 1 || unit === 'ms');
  const digits = isWhole || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return { number: decimals(unit === 'percent' && digits > 1 ? 1 : digits).format(scaled), unit: label };
}

export function text(value, unit) {
  const { number, unit: label } = quantity(value, unit);
  if (!label) return number;
  return label === '%' || label.startsWith('/') ? `${number}${label}` : `${number} ${label}`;
}

/** The texts of an axis: all in one step, with as many digits as tell them apart. */
export function axisTexts(splits, unit = '') {
  const size = Math.max(...splits.map(Math.abs));
  const [factor, label] = stepFor(size, unit);
  const apart = splits.length > 1 ? Math.abs(splits[1] - splits[0]) / factor : 1;
  const digits = [0, 1, 2, 3, 4, 5].find((some) => Math.abs(apart * 10 ** some - Math.round(apart * 10 ** some)) < 1e-6) ?? 6;
  const suffix = !label ? '' : label === '%' || label.startsWith('/') ? label : ` ${label}`;
  return splits.map((split) => (split === 0 ? '0' : decimals(digits).format(split / factor) + suffix));
}

/** Where the lines of an axis may stand: bytes are counted in powers of two. */
export function axisSteps(unit) {
  if (unit !== 'bytes' && unit !== 'bytes/s') return undefined;
  return Array.from({ length: 50 }, (_, power) => 2 ** power);
}

const two = (number) => String(number).padStart(2, '0');

/** Of the day, in local time. */
export function time(ms, withMillis = false) {
  const date = new Date(ms);
  const seconds = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return withMillis ? `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}` : seconds;
}

/** The texts of an axis of time, in seconds. */
export function axisTimes(splits, step) {
  return splits.map((split) => (step >= 60 ? time(split * 1_000).slice(0, 5) : time(split * 1_000)));
}

export function count(number) {
  return decimals(0).format(number);
}

/** A value of JSON that is no number, short. */
export function jsonText(value, max = 80) {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  return whole.length > max ? `${whole.slice(0, max - 1)}…` : whole;
}
