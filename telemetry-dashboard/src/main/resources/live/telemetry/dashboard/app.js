import { Badge, stateText, TRANSPORTS } from './badge.js';
import { Board } from './board.js';
import { Controls } from './controls.js';
import { Descriptions } from './describe.js';
import { byId, setText } from './dom.js';
import { Feed } from './feed.js';
import { count } from './format.js';
import { Frames } from './frames.js';
import { Lag } from './lag.js';
import { Panel } from './panel.js';
import * as settings from './settings.js';
import { Store } from './store.js';
import { TimeWindow } from './time-window.js';
import { Token } from './token.js';

/** Up to so many topics, the history of all of them is fetched to fill a window; else of those whose chart is open. */
const FILL_ALL_UP_TO = 40;
const TELL_EVERY_MS = 250;
const FILL_EVERY_MS = 1_000;

const store = new Store();
const descriptions = new Descriptions();
const lag = new Lag();
const timeWindow = new TimeWindow(() => Date.now() + lag.offset, settings.minutes());
const frames = new Frames(() => onFrame());
const context = {
  store,
  descriptions,
  window: timeWindow,
  isCalm: settings.isCalm,
  zoom: (from, to) => controls.zoom(from, to),
  zoomBy: (factor) => controls.zoomBy(factor),
  reset: () => controls.reset(),
};
const board = new Board(byId('board'), context, frames);
const badge = new Badge({ badge: byId('badge'), text: byId('badge-text'), repaired: byId('repaired'), lost: byId('lost'), lostCount: byId('lost-count') });
const token = new Token(() => client?.retry());
const panel = new Panel(byId('badge'), { drop: () => client?.drop(), use: (kinds) => client?.use(kinds) });
const controls = new Controls(timeWindow, frames, board, { onWindow: () => fillAll(), onPanel: () => panel.toggle() });

let client;
let feed;
let link = { state: 'connecting' };
let heardAt;
let seenTopics = 0;
let areDescriptionsNew = false;
let toldAt = 0;
let filledAt = 0;
let rtt = 0;

// ---- records

function onRecord(record, isLive) {
  const now = Date.now();
  heardAt = now;
  if (isLive) lag.note(record.ts, now, rtt);
  controls.holdBack();
}

function onGap({ topic, lost, reason }) {
  if (!lost) return;
  panel.note(`${count(lost)} records of ${topic} are lost: ${reason}`);
  announce(`${count(lost)} records of ${topic} are lost`);
}

/** How much history a topic lacks is known once some of its records are here, so this is looked at again and again. */
function fillAll() {
  filledAt = performance.now();
  const topics = store.topics.size <= FILL_ALL_UP_TO ? store.topics.values() : board.open;
  for (const topic of topics) feed?.fill(topic, timeWindow.length, Date.now() + lag.offset);
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
  if (performance.now() - filledAt > FILL_EVERY_MS) fillAll();
}

function tell() {
  toldAt = performance.now();
  const stats = client?.stats();
  rtt = stats?.rtt ?? 0;
  badge.show(link, { lag: lag.millis, repaired: stats?.repaired ?? 0, lost: stats?.lost ?? 0, heardAt });
  if (stats) panel.show(stats, { node: link.node, lag: lag.millis, store, frames });
  controls.show();
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

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  token.set(byId('token').value);
  byId('token').value = '';
  client.retry();
});
begin();
