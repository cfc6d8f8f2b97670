export const MINUTES = [1, 5, 15, 60];

const meta = (name) => document.querySelector(`meta[name="telemetry:${name}"]`).content;
const query = new URLSearchParams(location.search);

/** Where the servers are; the first is the one that the page is from. */
export const servers = meta('servers').split(' ').map((url) => new URL(url, document.baseURI).href);

/** Which topics are shown: `?topics=host.>`, or what the page was made for. */
export const topics = query.get('topics') || meta('topics');

function stored(name) {
  try {
    return localStorage.getItem(`telemetry.${name}`);
  } catch {
    // Storage is denied: then nothing is remembered.
    return null;
  }
}

function store(name, value) {
  try {
    localStorage.setItem(`telemetry.${name}`, value);
  } catch {
    // As above.
  }
}

/** `?minutes=15`, or what was chosen last. */
export function minutes() {
  const asked = Number(query.get('minutes') || stored('minutes'));
  return MINUTES.includes(asked) ? asked : 5;
}

export const rememberMinutes = (value) => store('minutes', value);

/** `dark` or `light`: `?theme=light`, or what was chosen last, or what the system has. */
export function theme() {
  const asked = query.get('theme') || stored('theme');
  if (asked === 'dark' || asked === 'light') return asked;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export const rememberTheme = (value) => store('theme', value);

export const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
