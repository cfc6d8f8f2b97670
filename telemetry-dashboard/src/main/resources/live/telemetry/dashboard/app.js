import { Badge, stateText, TRANSPORTS } from './badge.js';
import { Board } from './board.js';
import { Descriptions } from './describe.js';
import { byId, setText } from './dom.js';
import { Feed } from './feed.js';
import { count } from './format.js';
import { Frames } from './frames.js';
import { Lag } from './lag.js';
import { palette } from './palette.js';
import { Panel } from './panel.js';
import * as settings from './settings.js';
import { Store } from './store.js';
import { TimeWindow } from './time-window.js';
import { Token } from './token.js';

/** Up to so many topics, the history of all of them is fetched to fill a window; else of those whose chart is open. */
const FILL_ALL_UP_TO = 40;
const TELL_EVERY_MS = 250;

const store = new Store();
const descriptions = new Descriptions();
const lag = new Lag();
const timeWindow = new TimeWindow(() => Date.now() + lag.offset, settings.minutes());
const frames = new Frames(() => onFrame());
const context = { store, descriptions, window: timeWindow, isCalm: settings.isCalm, zoom, zoomBy, reset: resetZoom };
const board = new Board(byId('board'), context, frames, fill);
const badge = new Badge({ badge: byId('badge'), text: byId('badge-text'), repaired: byId('repaired'), lost: byId('lost'), lostCount: byId('lost-count') });
const token = new Token(() => client?.retry());
const panel = new Panel(byId('badge'), { drop: () => client?.drop(), use: (kinds) => client?.use(kinds) });

let client;
let feed;
let link = { state: 'connecting' };
let heardAt;
let heldBack = 0;
let seenTopics = 0;
let areDescriptionsNew = false;
let toldAt = 0;
let rtt = 0;

// ---- records

function onRecord(record, isLive) {
  const now = Date.now();
  heardAt = now;
  if (isLive) lag.note(record.ts, now, rtt);
  if (timeWindow.paused) heldBack++;
}

function onGap({ topic, lost, reason }) {
  if (!lost) return;
  panel.note(`${count(lost)} records of ${topic} are lost: ${reason}`);
  announce(`${count(lost)} records of ${topic} are lost`);
}

function fill(topic) {
  feed?.fill(topic, timeWindow.length, Date.now() + lag.offset);
}

function fillAll() {
  const topics = store.topics.size <= FILL_ALL_UP_TO ? store.topics.values() : board.open;
  for (const topic of topics) fill(topic);
}

// ---- the connection

function onState(state, detail) {
  const before = link;
  link = { state, transport: detail.transport, node: detail.node ?? before.node, retryAt: Date.now() + (detail.retryIn ?? 0) };
  if (detail.node && detail.node !== before.node) lag.reset();
  const where = state === 'open' ? ` over ${TRANSPORTS[detail.transport]} at ${link.node}` : detail.reason ? `: ${detail.reason}` : '';
  panel.note(stateText(state) + where);
  if (['open', 'backoff', 'unauthorized'].includes(state) && state !== before.state) announce(stateText(state) + where);
  byId('sign-in').hidden = state !== 'unauthorized';
  if (state === 'unauthorized') {
    setText(byId('sign-in-reason'), token.get() ? 'The server does not accept the token that this page has.' : 'The server lets nobody in without one.');
    byId('token').focus();
  }
  tell();
}

async function begin() {
  let telemetry;
  try {
    telemetry = await import(`${settings.servers[0]}/telemetry.js`);
  } catch {
    link = { state: 'backoff', retryAt: Date.now() + 5_000 };
    setTimeout(begin, 5_000);
    return;
  }
  client = telemetry.connect(settings.servers, { token: () => token.get(), onState: (state, detail) => onState(state, detail) });
  client.on('error', (error) => panel.note(error.message));
  feed = new Feed(client, store, { onRecord, onGap, onScript: (ms) => frames.spend(ms) });
  feed.begin(settings.topics, (topic, data) => {
    descriptions.put(topic, data);
    areDescriptionsNew = true;
  });
}

// ---- what is shown

function onFrame() {
  if (areDescriptionsNew) {
    areDescriptionsNew = false;
    seenTopics = store.version;
    board.describe();
  } else if (seenTopics !== store.version) {
    seenTopics = store.version;
    board.update();
  }
  if (performance.now() - toldAt > TELL_EVERY_MS) tell();
}

function tell() {
  toldAt = performance.now();
  const stats = client?.stats();
  rtt = stats?.rtt ?? 0;
  badge.show(link, { lag: lag.millis, repaired: stats?.repaired ?? 0, lost: stats?.lost ?? 0, heardAt });
  if (stats) panel.show(stats, { node: link.node, lag: lag.millis, store, frames });
  setText(byId('pause'), timeWindow.paused ? `Resume · ${count(heldBack)} new` : 'Pause');
  tellIfEmpty();
}

function tellIfEmpty() {
  const isEmpty = board.shown === 0 && byId('sign-in').hidden;
  byId('empty').hidden = !isEmpty;
  if (!isEmpty) return;
  const isSearched = store.topics.size > 0;
  const isLive = link.state === 'open';
  setText(byId('empty-title'), isSearched ? 'No topic matches' : isLive ? 'Nothing has been published yet' : stateText(link.state));
  const waiting = `Topics that match ${settings.topics} appear here with their first record.`;
  setText(byId('empty-text'), isSearched ? `None of ${count(store.topics.size)} topics has these words in its name.` : isLive ? waiting : '');
}

function announce(message) {
  setText(byId('announcements'), message);
}

// ---- what people do

function setMinutes(minutes) {
  timeWindow.minutes = minutes;
  settings.rememberMinutes(minutes);
  pressWindow();
  resetZoom();
  fillAll();
}

function pressWindow() {
  for (const button of byId('windows').children) button.setAttribute('aria-pressed', String(Number(button.dataset.minutes) === timeWindow.minutes));
}

function zoom(from, to) {
  timeWindow.zoom(from, to);
  byId('zoomed').hidden = false;
  frames.redraw();
}

function zoomBy(factor) {
  const { from, to } = timeWindow.range();
  const middle = (from + to) / 2;
  zoom(middle - ((to - from) / 2) * factor, middle + ((to - from) / 2) * factor);
}

function resetZoom() {
  timeWindow.zoomed = undefined;
  byId('zoomed').hidden = true;
  frames.redraw();
}

function togglePause() {
  if (timeWindow.paused) timeWindow.resume();
  else timeWindow.pause();
  heldBack = 0;
  frames.paused = timeWindow.paused;
  byId('pause').setAttribute('aria-pressed', String(timeWindow.paused));
  document.body.classList.toggle('is-paused', timeWindow.paused);
  frames.redraw();
  tell();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  palette.read();
  board.recolour();
}

function toggleTheme() {
  const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  settings.rememberTheme(theme);
  setTheme(theme);
}

const KEYS = {
  '/': () => byId('search').focus(),
  p: togglePause,
  t: toggleTheme,
  c: () => panel.toggle(),
  Escape: resetZoom,
  1: () => setMinutes(1),
  2: () => setMinutes(5),
  3: () => setMinutes(15),
  4: () => setMinutes(60),
};

function onKey(event) {
  const isTyping = event.target.closest?.('input, select, textarea');
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
}

byId('search').addEventListener('input', (event) => board.search(event.target.value));
byId('windows').addEventListener('click', ({ target }) => target.dataset.minutes && setMinutes(Number(target.dataset.minutes)));
byId('pause').addEventListener('click', togglePause);
byId('zoomed').addEventListener('click', resetZoom);
byId('theme').addEventListener('click', toggleTheme);
byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  token.set(byId('token').value);
  byId('token').value = '';
  client.retry();
});
document.addEventListener('keydown', onKey);
matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => setTheme(settings.theme()));

setTheme(settings.theme());
pressWindow();
begin();
