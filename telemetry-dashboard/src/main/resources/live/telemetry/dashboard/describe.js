/**
 * What a topic is called, where it stands and what its numbers are: as its source describes it (see `MetricDescription`), and where
 * it says nothing, guessed from the names.
 */

const ACRONYMS = new Set(['api', 'cpu', 'db', 'dns', 'gc', 'gpu', 'http', 'io', 'ip', 'jvm', 'rpc', 'sql', 'tcp', 'tls', 'udp', 'vm']);

/** By the end of a field's name. The longer ending comes first. */
const UNITS = [
  [/bytes[-_]?per[-_]?sec(ond)?s?$/i, 'bytes/s'],
  [/(?<=[a-z0-9])[-_]?per[-_]?sec(ond)?s?$/i, '/s'],
  [/bytes$/i, 'bytes'],
  [/(percent(age)?|pct)$/i, 'percent'],
  [/(milli(s|second|seconds))$/i, 'ms'],
  [/((?<=[a-z0-9])Ms|[_-]ms|^ms)$/, 'ms'],
  [/(nano(s|second|seconds))$/i, 'ns'],
  [/((?<=[a-z0-9])Ns|[_-]ns|^ns)$/, 'ns'],
  [/seconds$/i, 's'],
];

export function guessUnit(field) {
  return UNITS.find(([ending]) => ending.test(field))?.[1] ?? '';
}

/** `rxBytesPerSecond` → rx bytes per second. */
function words(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s._:/-]+/)
    .filter(Boolean)
    .map((word) => (ACRONYMS.has(word.toLowerCase()) ? word.toUpperCase() : /^[A-Z]+$/.test(word) ? word : word.toLowerCase()));
}

function sentence(name) {
  const text = words(name).join(' ');
  return text && text[0].toUpperCase() + text.slice(1);
}

/** Without the unit that its numbers are shown with, unless nothing else is left. */
function guessLabel(field) {
  const ending = UNITS.find(([one]) => one.test(field))?.[0];
  const rest = ending ? field.replace(ending, '') : field;
  return words(/\w/.test(rest) ? rest : field).join(' ');
}

const isText = (value) => typeof value === 'string' && value !== '';
const textOf = (value, otherwise) => (isText(value) ? value.slice(0, 120) : otherwise);

export class Descriptions {
  #given = new Map();

  /** What somebody has published is taken with care: whatever does not fit counts as not said. */
  put(topic, data) {
    this.#given.set(topic, typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {});
  }

  /** @returns {{ title: string, group: string, order: number }} */
  topic(name) {
    const given = this.#given.get(name) ?? {};
    const [first, ...rest] = name.split('.');
    // A number alone says nothing.
    const own = /[^\d.]/.test(rest.join('')) ? rest.join(' ') : name;
    return {
      title: textOf(given.title, sentence(own)),
      group: textOf(given.group, rest.length ? sentence(first) : 'Other'),
      order: Number.isFinite(given.order) ? given.order : 1_000,
    };
  }

  /** @param {string} field empty where the data is a number itself @returns {{ label: string, unit: string, order: number }} */
  field(topic, field) {
    const given = this.#given.get(topic) ?? {};
    const fields = typeof given.fields === 'object' && given.fields !== null ? given.fields : {};
    const described = Object.hasOwn(fields, field) ? fields[field] ?? {} : {};
    const order = Object.keys(fields).indexOf(field);
    return {
      label: textOf(described.title, field === '' ? 'value' : guessLabel(field)),
      unit: textOf(described.unit, textOf(given.unit, field === '' ? guessUnit(topic) : guessUnit(field))),
      order: order < 0 ? 1_000 : order,
    };
  }
}
