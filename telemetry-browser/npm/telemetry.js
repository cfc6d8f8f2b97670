/**
 * The browser client of Telemetry Live: records as they happen, each once and in order, or named in a gap; over WebSocket,
 * Server-Sent Events or long polls. One ES module without dependencies; its types are in `telemetry.d.ts`.
 *
 * A `Connection` keeps one `Link` to a server open, over which a `Session` subscribes. Links come and go, each `Topic` stays, and knows
 * how far it has come: what cannot be repaired in place is resumed from there over another link.
 *
 * @module
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A transport works once `welcome` has come, within this time; the last one of a round has longer. */
const PATIENCE = 4 * SECOND;
const LAST_PATIENCE = 15 * SECOND;
const REQUEST_PATIENCE = 30 * SECOND;
const REPAIR_PATIENCE = 10 * SECOND;
const STABLE_AFTER = 10 * SECOND;
const PING_EVERY = 15 * SECOND;
const PROBE_AFTER = MINUTE;
const PROBE_AT_MOST = 30 * MINUTE;
const ONE_HOUR = 60 * MINUTE;
const POLL_WAIT = 25;
/** What one `resync` may ask for. */
const RESYNC_RANGE = 1_000;
/** So often the same place is begun anew until it is a gap. */
const MAX_REWINDS = 2;
const MAX_BODY = 128 << 10;
/** Any token covers a pattern; this one has no topics. */
const NOTHING = { topic: 'telemetry:nothing.*' };
const LIMITS = {
  maxHeldRecords: 1_000,
  maxHeldBytes: 4 << 20,
  maxQueuedRecords: 10_000,
  maxPendingPublishes: 1_024,
  maxMessageBytes: 16 << 20,
};

// ---- the vocabulary of docs/PROTOCOL.md

const PATTERN = /^(?=.{1,255}$)(([\w:/-]+|\*)\.)*([\w:/-]+|\*|>)$/;
const EPOCH = /^(?!(last|start|snapshot)$)[\w-]{1,32}$/;

const isText = (value) => typeof value === 'string';
const isWhole = (value) => Number.isSafeInteger(value) && value >= 0;
const isPattern = (value) => isText(value) && PATTERN.test(value);
const isExact = (pattern) => !/[*>]/.test(pattern);

/** Whether a topic may be one of both patterns. */
function overlaps(pattern, other) {
  const a = pattern.split('.');
  const b = other.split('.');
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === '>' || b[i] === '>') return true;
    if (a[i] !== b[i] && a[i] !== '*' && b[i] !== '*') return false;
  }
  return a.length === b.length;
}

/** What the fields of a server's envelopes are, where they are no whole numbers. */
const FIELDS = {
  topic: isPattern,
  epoch: (value) => value === '' || (isText(value) && EPOCH.test(value)),
  reason: (value) => /^(expired|epoch-changed|rolled-back)$/.test(value),
  recovered: (value) => typeof value === 'boolean',
  code: isText,
  data: (value) => value !== undefined,
};
const SHAPES = {
  welcome: 'heartbeat maxMessageBytes',
  subscribed: 'topic epoch seq head recovered',
  data: 'topic seq ts data',
  gap: 'topic epoch from to next reason',
  resyncing: 'topic from to',
  resynced: 'topic from to',
  unsubscribed: 'topic',
  published: 'topic epoch seq',
  pong: 'ts',
  heartbeat: 'ts',
  goaway: 'reconnectAfter',
  error: 'code',
};

function isEnvelope(value) {
  const { type, topic, seq } = value ?? {};
  const isOfPattern = type === 'subscribed' && seq == null && isPattern(topic) && !isExact(topic);
  const shape = isOfPattern || !Object.hasOwn(SHAPES, type) ? 'type' : SHAPES[type];
  return isText(type) && shape.split(' ').every((name) => name === 'type' || (FIELDS[name] ?? isWhole)(value[name]));
}

/** What went wrong, by a code of the protocol. */
export class TelemetryError extends Error {
  name = 'TelemetryError';

  /** @param {string} code @param {string} message @param {boolean} [retryable] whether the same may succeed later */
  constructor(code, message, retryable = false) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

const errorOf = ({ code, message, retryable }) => new TelemetryError(code, `${message}`, retryable === true);
const lost = (message) => new TelemetryError('UNAVAILABLE', message, true);

/**
 * Connects to a server, and stays connected until `close()`.
 *
 * @param {string | URL | (string | URL)[]} url the server's base, such as `/telemetry`; several are nodes, tried in turn
 * @param {import('./telemetry.d.ts').ConnectOptions} [options]
 * @returns {import('./telemetry.d.ts').TelemetryClient}
 */
export function connect(url, options = {}) {
  const env = platform(options.env);
  const listeners = new Listeners(env);
  const counters = {
    records: 0, recordsPerSecond: 0, repaired: 0, lost: 0, gaps: 0, duplicates: 0, dropped: 0, malformed: 0, reconnects: 0, takeOvers: 0,
  };
  const shared = { env, listeners, counters, limits: { ...LIMITS, ...options.limits } };
  if (options.onState) listeners.on('state', options.onState);
  const connection = new Connection(shared, [url].flat().map((one) => baseOf(one, env)), options);
  const { subscriptions, publications } = connection;
  const stats = () => ({ ...counters, ...connection.stats() });
  const leavePage = watchPage(env, connection);
  /** Whatever takes time is judged by the clock: timers of hidden pages come once a minute. */
  const tick = (before, records) => {
    const now = env.now();
    if (now > before) counters.recordsPerSecond = ((counters.records - records) * SECOND) / (now - before);
    connection.tick(now, now - before > 5 * SECOND);
    if (connection.state === 'closed') return;
    listeners.emit('stats', stats());
    env.setTimeout(tick, SECOND, now, counters.records);
  };
  connection.open();
  tick(env.now(), 0);
  return Object.freeze({
    get state() {
      return connection.state;
    },
    subscribe: (topic, settings, listener) => subscriptions.add(new Subscription(shared, subscriptions, topic, settings, listener)),
    publish: (topic, data, settings) => publications.publish(topic, data, settings?.key),
    on: (event, listener) => listeners.on(event, listener),
    stats,
    use: (transports) => connection.use(transports),
    drop: () => connection.drop(),
    retry: (token) => connection.retry(token),
    close() {
      leavePage();
      connection.close('closed');
    },
  });
}

function baseOf(url, env) {
  const { href } = new URL(url, env.document?.baseURI);
  return href.replace(/^ws/, 'http').replace(/[?#].*/, '').replace(/\/+$/, '');
}

/** All that comes from outside, so that tests bring their own. */
function platform(env) {
  const g = globalThis;
  return {
    WebSocket: g.WebSocket,
    fetch: (...args) => g.fetch(...args),
    setTimeout: (...args) => g.setTimeout(...args),
    clearTimeout: (timer) => g.clearTimeout(timer),
    requestAnimationFrame: (draw) => (g.requestAnimationFrame ?? g.setTimeout)(draw),
    reportError: (error) => g.reportError?.(error),
    now: Date.now,
    random: Math.random,
    document: g.document,
    window: g.document && g,
    storage: attempt(() => g.document && g.localStorage),
    ...env,
  };
}

/** Where storage is denied, naming it throws. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Tells the connection what the browser does with the page; returns how to stop that. */
function watchPage({ document, window }, connection) {
  const pause = () => connection.pause();
  const wake = () => connection.wake();
  const targets = [
    [window, { pagehide: pause, pageshow: wake, online: wake, offline: () => connection.offline() }],
    [document, { freeze: pause, resume: wake, visibilitychange: () => document.hidden || wake() }],
  ];
  const each = (method) => {
    for (const [target, handlers] of targets) {
      for (const [event, handler] of Object.entries(handlers)) target?.[method]?.(event, handler);
    }
  };
  each('addEventListener');
  return () => each('removeEventListener');
}

/** Who of the page hears of what. What a listener throws is an `error` event; where nobody hears that, the browser is told. */
class Listeners {
  #env;
  #entries = new Set();

  constructor(env) {
    this.#env = env;
  }

  on(event, listener) {
    const entry = { event, listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  emit(event, ...args) {
    const heard = [...this.#entries].filter((entry) => entry.event === event);
    heard.forEach(({ listener }) => this.#try(event === 'error', listener, args));
    return heard.length > 0;
  }

  /** Calls a function of the page, if there is one. */
  call(listener, ...args) {
    this.#try(false, listener, args);
  }

  #try(isLast, listener, args) {
    try {
      listener?.(...args);
    } catch (error) {
      if (isLast || !this.emit('error', error)) this.#env.reportError(error);
    }
  }
}

// ---- what is subscribed

/** One subscription of the page, and whom it tells. */
class Subscription {
  #shared;
  #subscriptions;
  #options;
  #listener;
  #queued = new Map();
  /** Whether it has begun, so that topics new to it were born later. */
  begun = false;
  closed = false;

  constructor(shared, subscriptions, topic, options, listener = options) {
    if (!isPattern(topic)) throw new TelemetryError('BAD_TOPIC', `not a topic or pattern: ${topic}`);
    if (typeof listener !== 'function') throw new TypeError('listener must be a function');
    const { since, mode, maxRate = 10 } = options ?? {};
    const isConflated = mode === 'conflated';
    Object.assign(this, { topic, since, maxRate, isConflated, begun: since?.positions !== undefined });
    this.#shared = shared;
    this.#subscriptions = subscriptions;
    this.#options = options ?? {};
    this.#listener = listener;
  }

  /** Where a topic begins; undefined for now. */
  wanted(topic) {
    if (this.since?.positions) return this.since.positions[topic] ?? 'start';
    return this.begun && topic !== this.topic ? 'start' : this.since;
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    this.#queued.clear();
    this.#subscriptions.remove(this);
  }

  position(topic = this.topic) {
    return this.#subscriptions.topics.get(topic)?.position(this);
  }

  positions() {
    return { ...this.since?.positions, ...Object.fromEntries(this.topics().map((topic) => [topic, this.position(topic)])) };
  }

  topics() {
    return [...this.#subscriptions.topics.keys()].filter((topic) => this.position(topic));
  }

  record(record) {
    if (this.closed) return;
    const { env, counters, limits, listeners } = this.#shared;
    counters.records++;
    if (!this.#options.frames) {
      listeners.call(this.#listener, record);
      return;
    }
    if (!this.#queued.size) env.requestAnimationFrame(() => this.#draw());
    const key = `${record.topic} ${record.key ?? ''}`;
    // Behind the others, so that what is dropped at the bound has been silent for longest.
    if (!this.#queued.delete(key) && this.#queued.size >= limits.maxQueuedRecords) {
      this.#queued.delete(this.#queued.keys().next().value);
      counters.dropped++;
    }
    this.#queued.set(key, record);
  }

  #draw() {
    const records = [...this.#queued.values()];
    this.#queued.clear();
    if (records.length) this.#shared.listeners.call(this.#listener, records);
  }

  subscribed(answer) {
    this.#shared.listeners.call(this.#options.onSubscribed, answer);
  }

  gap(gap) {
    const { counters, listeners } = this.#shared;
    counters.gaps++;
    counters.lost += gap.lost;
    listeners.call(this.#options.onGap, gap);
    listeners.emit('gap', gap, this);
  }

  /** The server does not serve it, or not any more. */
  end(error) {
    this.close();
    this.#shared.listeners.call(this.#options.onError, error);
    this.#shared.listeners.emit('error', error, this);
  }
}

/**
 * One topic, and how far it has come in its epoch without a hole. What lies beyond a hole is held back until a `resync` has brought what
 * is missing; where that does not help the topic begins anew, and where that does not either, it is a gap. Each subscription has a place of
 * its own: the topic may be taken back for one, and the others drop what they have.
 */
class Topic {
  epoch;
  last = 0;
  #name;
  #shared;
  #subscriptions;
  /** By subscription; one that has yet to begin has no epoch. */
  #places = new Map();
  #gapFollows = false;
  #snapshot = { left: 0, end: 0 };
  #rewinding = false;
  #rewinds = 0;
  #repair;
  /** The resync whose answer comes at present. */
  #answering;

  constructor(shared, subscriptions, name) {
    this.#shared = shared;
    this.#subscriptions = subscriptions;
    this.#name = name;
  }

  get isUnused() {
    return !this.#places.size;
  }

  /** Whether it has to begin anew for somebody. */
  get isWanted() {
    return this.epoch !== undefined && this.#pending() !== undefined;
  }

  #pending() {
    return [...this.#places.values()].find(({ epoch, wanted }) => epoch === undefined && wanted);
  }

  position(subscription) {
    const place = this.#places.get(subscription);
    const { epoch, seq } = (place?.epoch === undefined ? place?.wanted : place) ?? {};
    return epoch === undefined ? undefined : { epoch, seq };
  }

  /** Where to begin or resume; undefined for now. */
  since() {
    if (this.epoch === undefined || this.#pending()) return this.#pending()?.wanted;
    return { epoch: this.epoch, seq: this.last };
  }

  add(subscription) {
    if (this.#places.has(subscription)) return;
    this.#places.set(subscription, { seq: 0, wanted: subscription.wanted(this.#name) });
    if (this.epoch !== undefined) this.#begin(null);
  }

  remove(subscription) {
    this.#places.delete(subscription);
  }

  /** The link is gone. A snapshot that is not whole is asked for again. */
  cutOff(isLost) {
    this.#repair = this.#answering = undefined;
    this.#rewinding = false;
    this.#snapshot = { left: 0, end: 0 };
    if (isLost) this.#rewinds = 0;
    for (const place of this.#places.values()) {
      if (place.inSnapshot) place.epoch = undefined;
    }
  }

  /** @param since what was asked for; undefined for now, null where nothing was */
  placed({ epoch, seq, recovered, snapshot }, since) {
    this.cutOff(false);
    this.#gapFollows = !recovered;
    if (recovered && this.epoch !== undefined) {
      // The log goes on, be it in another epoch.
      for (const place of this.#places.values()) if (place.epoch === this.epoch) place.epoch = epoch;
      this.epoch = epoch;
    }
    this.last = this.epoch === epoch ? Math.min(this.last, seq) : seq;
    this.epoch = epoch;
    this.#snapshot = { left: snapshot ?? 0, end: seq };
    this.#begin(since, seq);
    if (![...this.#places.values()].some((place) => place.epoch === epoch && place.seq < seq && !place.inSnapshot)) this.last = seq;
    if (this.last < seq) this.#missing(seq);
  }

  /** Those that wait for this place go on from here. */
  #begin(since, seq = this.last) {
    for (const [subscription, place] of this.#places) {
      // Topics that a pattern names at first are as old as what it wanted then.
      const isAsked = [place.wanted, subscription.since].some((one) => JSON.stringify(one) === JSON.stringify(since));
      const isHere = !place.wanted || seq === 0 || isAsked;
      if (place.epoch !== undefined || !isHere) continue;
      place.inSnapshot = place.wanted === 'snapshot' && this.#snapshot.left > 0;
      Object.assign(place, { epoch: this.epoch, seq: place.inSnapshot ? place.seq : seq });
    }
  }

  record(record, size) {
    if (this.#answering !== undefined) {
      if (this.#repair?.id !== this.#answering || record.seq !== this.last + 1) return;
      this.#shared.counters.repaired++;
      this.#deliver(record);
    } else if (this.#repair) {
      this.#hold({ record }, size);
    } else {
      this.#record(record);
    }
  }

  #record(record) {
    const { seq } = record;
    const { left, end } = this.#snapshot;
    this.#gapFollows = false;
    if (left && seq <= end) {
      this.#snapshotRecord(record);
      return;
    }
    if (left) {
      this.cutOff(false);
      this.#rewind();
    }
    const follows = seq === this.last + 1 || (!this.#rewinding && this.#subscriptions.isConflated(this.#name));
    if (seq <= this.last) this.#shared.counters.duplicates++;
    else if (this.epoch && follows) this.#deliver(record);
    else this.#missing(seq - 1, { record });
  }

  #deliver(record) {
    this.last = record.seq;
    this.#rewinds = 0;
    for (const [subscription, place] of this.#places) {
      if (place.epoch === this.epoch && !place.inSnapshot) this.#give(record, subscription, place);
    }
  }

  #give(record, subscription, place) {
    if (record.seq <= place.seq) return;
    place.seq = record.seq;
    subscription.record(record);
  }

  #snapshotRecord(record) {
    const isWhole = --this.#snapshot.left === 0;
    for (const [subscription, place] of this.#places) {
      if (!place.inSnapshot) continue;
      place.inSnapshot = !isWhole;
      this.#give(record, subscription, place);
    }
    if (isWhole && this.last < this.#snapshot.end) this.#missing(this.#snapshot.end);
  }

  gap(gap) {
    if (gap.id == null) {
      if (this.#repair) this.#hold({ gap }, 0);
      else this.#gap(gap);
    } else if (this.#repair?.id === gap.id && gap.from <= this.last + 1 && gap.to > this.last) {
      this.#lose(gap, this.epoch, gap.to);
    }
  }

  #gap(gap) {
    const { epoch, from, next, reason } = gap;
    const end = next - 1;
    const isHere = this.epoch === epoch;
    const isLeft = this.epoch === gap.previousEpoch;
    let to = 0;
    if (reason === 'rolled-back') {
      // Told to somebody who stood further on, or in an older epoch.
      if (isHere && (isLeft ? this.last === end : this.last >= end)) return;
      if (isHere || isLeft || !this.epoch) to = end;
    } else {
      if (isHere && end <= this.last) return;
      const follows = isHere ? from <= this.last + 1 : !this.epoch && from === 1;
      if (reason === 'expired' && !follows && !this.#subscriptions.isConflated(this.#name)) to = from - 1;
    }
    this.#gapFollows = false;
    if (this.last < to) {
      this.#missing(to, { gap });
    } else {
      this.cutOff(false);
      this.#lose(gap, epoch, end);
    }
  }

  /** Goes on behind a gap, and tells those who have not got beyond. */
  #lose(gap, epoch, end) {
    this.epoch = epoch;
    this.last = end;
    for (const [subscription, place] of this.#places) {
      const isBeyond = gap.reason !== 'rolled-back' && place.epoch === epoch && place.seq >= end;
      if (place.epoch === undefined || isBeyond) continue;
      const delivered = place.epoch === (gap.previousEpoch ?? gap.epoch) ? place.seq : 0;
      const lost = Math.max(0, gap.to - Math.max(gap.from, delivered + 1) + 1);
      Object.assign(place, { epoch, seq: end });
      subscription.gap({ ...gap, lost });
    }
    this.#begin(null);
  }

  // What is missing.

  /** @param to the last number that is missing @param event what came behind it */
  #missing(to, event) {
    if (this.#rewinding || this.#gapFollows || this.#snapshot.left) return;
    if (this.epoch && this.#subscriptions.link.sends && to - this.last <= 10 * RESYNC_RANGE) {
      const repair = (this.#repair = { to, held: event ? [event] : [], size: 0 });
      this.#shared.env.setTimeout(() => this.#giveUp(repair), REPAIR_PATIENCE);
      this.#ask(repair);
    } else if (this.#passesOver(to) && event) {
      this.#again(event);
    }
  }

  #ask(repair) {
    const { epoch, last } = this;
    const range = { type: 'resync', topic: this.#name, epoch, from: last + 1, to: Math.min(repair.to, last + RESYNC_RANGE) };
    repair.id = this.#subscriptions.link.request(range, (answer) => this.#resynced(repair, answer), () => this.#giveUp(repair));
  }

  #hold(event, size) {
    const repair = this.#repair;
    const { maxHeldRecords, maxHeldBytes } = this.#shared.limits;
    repair.size += size;
    if (repair.held.push(event) > maxHeldRecords || repair.size > maxHeldBytes) this.#giveUp(repair);
  }

  resyncing({ id }) {
    this.#answering = id;
  }

  #resynced(repair, { from, to }) {
    this.#answering = undefined;
    if (this.#repair !== repair) return;
    if (this.last >= repair.to) this.#release();
    else if (this.last === to && to >= from) this.#ask(repair);
    else this.#giveUp(repair);
  }

  /** What was held back is dropped, and comes again; but where that was in vain, what is missing is passed over. */
  #giveUp(repair) {
    if (this.#repair !== repair) return;
    this.#answering = undefined;
    if (this.#passesOver(repair.to)) this.#release();
    else this.#repair = undefined;
  }

  #release() {
    const { held } = this.#repair;
    this.#repair = undefined;
    held.forEach((event) => this.#again(event));
  }

  #again(event) {
    if (this.#repair) this.#repair.held.push(event);
    else if (event.gap) this.#gap(event.gap);
    else this.#record(event.record);
  }

  #passesOver(to) {
    if (this.#rewinds < MAX_REWINDS) {
      this.#rewind();
      return false;
    }
    const { epoch, last } = this;
    this.#lose({ topic: this.#name, epoch, from: last + 1, to, next: to + 1, reason: 'expired' }, epoch, to);
    return true;
  }

  #rewind() {
    this.#rewinding = true;
    this.#rewinds++;
    this.#subscriptions.change();
  }
}

/** All that the page has subscribed to, and what of it the present link carries. */
class Subscriptions {
  /** @type {Set<any>} */
  all = new Set();
  /** @type {Map<string, Topic>} */
  topics = new Map();
  link;
  #shared;
  /** Asks for another link. */
  change;
  /** What this link was asked for, and whether that was accepted, by topic or pattern. */
  #entries = new Map();
  #named = new Set();
  #refusals = 0;

  constructor(shared, change) {
    this.#shared = shared;
    this.change = change;
  }

  add(subscription) {
    const { topic } = subscription;
    this.all.add(subscription);
    if (isExact(topic)) this.topic(topic);
    for (const [name, known] of this.topics) if (overlaps(topic, name)) known.add(subscription);
    this.#settle(topic);
    return subscription;
  }

  remove(subscription) {
    this.all.delete(subscription);
    for (const [name, topic] of this.topics) {
      topic.remove(subscription);
      if (topic.isUnused) this.topics.delete(name);
    }
    this.#settle(subscription.topic);
  }

  #of(text) {
    return [...this.all].filter(({ topic }) => topic === text);
  }

  end(text, error) {
    this.#entries.delete(text);
    this.#of(text).forEach((subscription) => subscription.end(error));
  }

  #sharing(text) {
    return [...this.all].filter(({ topic }) => overlaps(topic, text));
  }

  /** The topic, with all who are subscribed to it; undefined where nobody is. */
  topic(name) {
    for (const subscription of this.#sharing(name)) {
      if (!this.topics.has(name)) this.topics.set(name, new Topic(this.#shared, this, name));
      this.topics.get(name).add(subscription);
    }
    return this.topics.get(name);
  }

  // What a link is asked for.

  isConflated(text) {
    return this.#sharing(text).every(({ isConflated }) => isConflated);
  }

  #entry(text) {
    const sharing = this.#sharing(text);
    const maxRate = Math.max(...sharing.map((one) => one.maxRate));
    const since = isExact(text) ? this.topics.get(text)?.since() : this.#sinceOfPattern(text);
    // A topic comes in one mode for all who share it.
    return { topic: text, since, ...(this.isConflated(text) && { mode: 'conflated', maxRate }) };
  }

  /** Topics that are not named begin at their first record. */
  #sinceOfPattern(text) {
    const [first, ...others] = this.#of(text);
    if (![first, ...others].some(({ begun }) => begun)) return first.since;
    const positions = Object.assign({}, ...[first, ...others].map(({ since }) => since?.positions));
    for (const [name, topic] of this.topics) {
      if (!overlaps(text, name)) continue;
      delete positions[name];
      if (topic.since()?.epoch !== undefined) positions[name] = topic.since();
    }
    return { positions };
  }

  /**
   * Exact ones come first, so that no pattern begins what one of them is about to take over. Positions that do not fit are left away: such
   * topics begin at their first record, and what is known is dropped.
   */
  entries(maxBytes) {
    const texts = new Set([...this.all].map(({ topic }) => topic));
    for (const [name, topic] of this.topics) {
      // A pattern cannot say this of one topic.
      if (topic.since()?.last || topic.since() === 'snapshot') texts.add(name);
    }
    const entries = [...texts].sort((a, b) => Number(isExact(b)) - Number(isExact(a))).map((text) => this.#entry(text));
    for (const { since } of entries) {
      const names = Object.keys(since?.positions ?? {});
      while (names.length && JSON.stringify(entries).length > maxBytes) {
        names.splice(0, 1 + (names.length >> 3)).forEach((name) => delete since.positions[name]);
      }
    }
    return entries;
  }

  // What the link carries.

  begin(link) {
    this.link = link;
    const entries = link.entries ?? this.entries(link.welcome.maxMessageBytes / 2);
    entries.forEach((entry) => this.#begin(entry));
    this.#settle();
  }

  cutOff(isLost) {
    this.link = undefined;
    this.#entries.clear();
    this.#named.clear();
    this.topics.forEach((topic) => topic.cutOff(isLost));
  }

  #begin(entry) {
    const { link } = this;
    const { topic } = entry;
    this.#entries.set(topic, entry);
    const ifCurrent = (action) => (answer) => this.#entries.get(topic) === entry && action(answer);
    if (!link.sends) this.#accepted(entry, {});
    else link.request({ type: 'subscribe', ...entry }, ifCurrent((answer) => this.#accepted(entry, answer)), ifCurrent((error) => this.#refused(topic, error)));
  }

  #accepted(entry, answer) {
    const { topic } = entry;
    entry.isAccepted = true;
    for (const member of this.#of(topic)) {
      member.begun = true;
      if (!isExact(topic)) member.subscribed({ topic });
    }
    if (answer.seq != null) this.#placed(answer, entry.since);
    // It may only have taken a topic of a pattern back.
    if (this.link.sends) this.#settle(topic);
  }

  #refused(topic, error) {
    if (!error.retryable) return this.end(topic, error);
    this.#entries.delete(topic);
    this.#shared.env.setTimeout(() => this.#settle(topic), this.#shared.backoff(this.#refusals++));
  }

  /** Lets the link carry what is subscribed by now; what cannot be changed in place needs another one. */
  #settle(text) {
    const { link } = this;
    if (!link) return;
    const entries = [...this.#entries.values()];
    const isSubscribed = this.#of(text).length > 0;
    if (link.sends && isSubscribed && !this.#entries.has(text)) return this.#begin(this.#entry(text));
    if (link.sends && !isSubscribed && this.#entries.get(text)?.isAccepted) {
      this.#entries.delete(text);
      link.request({ type: 'unsubscribe', topic: text });
    }
    const isOther = ({ topic, mode, maxRate }) => {
      if (!this.#of(topic).length) return !link.sends;
      const now = this.#entry(topic);
      return mode !== now.mode || maxRate !== now.maxRate;
    };
    const isMissing = !link.sends && [...this.all].some(({ topic }) => !this.#entries.has(topic));
    const isWanted = entries.every(({ isAccepted }) => isAccepted) && [...this.topics.values()].some((topic) => topic.isWanted);
    if (isMissing || isWanted || entries.some(isOther)) this.change();
  }

  #placed(answer, since) {
    const topic = this.topic(answer.topic);
    topic?.placed(answer, since);
    this.#sharing(answer.topic).forEach((subscription) => subscription.subscribed(answer));
    if (topic?.isWanted) this.#settle();
  }

  received(envelope, size) {
    const { type, topic, pattern, seq } = envelope;
    const known = this.topics.get(topic);
    if (type === 'data') {
      if (known?.epoch !== undefined) known.record(envelope, size);
      // Nobody has said where it begins.
      else if (this.topic(topic)) this.change();
    } else if (type === 'gap' || type === 'resyncing') {
      known?.[type](envelope);
    } else if (type === 'error') {
      this.#shared.listeners.emit('error', errorOf(envelope));
    } else if (type === 'unsubscribed') {
      if (this.#entries.has(topic)) this.end(topic, new TelemetryError('FORBIDDEN', 'ended by the server'));
    } else if (type === 'subscribed' && seq != null) {
      const since = this.#entries.get(pattern ?? topic)?.since;
      const asked = since?.positions ? (since.positions[topic] ?? 'start') : since;
      this.#placed(envelope, this.#named.has(topic) ? null : asked);
      this.#named.add(topic);
    }
  }
}

// ---- links

/** An ordered channel of envelopes. Its owner is told `welcomed`, `received` and, once, `ended`. */
class Link {
  welcome;
  /** Whether anything has come behind the welcome: a transport that is swallowed from then on does not work. */
  isProven = false;
  over = false;

  /** @param entries what is subscribed, where that is part of the request */
  constructor(shared, owner, kind, base, token, entries) {
    Object.assign(this, { shared, owner, kind, base, token, entries, env: shared.env, heardAt: shared.env.now() });
  }

  /** How long it may be silent. */
  get silence() {
    return 2 * this.welcome.heartbeat;
  }

  text(json) {
    this.envelope(attempt(() => JSON.parse(json)), json.length);
  }

  envelope(envelope, size = 0) {
    if (this.over) return;
    this.heardAt = this.env.now();
    if (size > this.shared.limits.maxMessageBytes || !isEnvelope(envelope)) {
      this.shared.counters.malformed++;
      this.end({ reason: 'the server sent what is not understood' });
    } else if (envelope.type === 'welcome') {
      if (this.welcome) return;
      this.welcome = envelope;
      this.owner.welcomed(this);
    } else if (this.welcome) {
      this.isProven = true;
      if (envelope.type === 'error') this.lastError = envelope.code;
      this.owner.received(this, envelope, size);
      this.answers?.(envelope);
    }
  }

  /** @param end why: close `code`, HTTP `status`, `server` if ours has decided so, `retryAfter`, `unreachable`, `reason` */
  end(end) {
    if (this.over) return;
    this.close();
    this.owner.ended(this, end);
  }

  close() {
    this.over = true;
  }
}

class WebSocketLink extends Link {
  sends = true;
  #socket;
  #requests = new Map();
  #lastId = 0;

  open() {
    const protocols = this.token ? ['telemetry.v1', `bearer.${this.token}`] : ['telemetry.v1'];
    const socket = (this.#socket = new this.env.WebSocket(this.base.replace('http', 'ws'), protocols));
    socket.onmessage = ({ data }) => (isText(data) ? this.text(data) : this.envelope());
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
    socket.onerror = () => {};
  }

  get isBusy() {
    return this.#requests.size > 0;
  }

  isOverdue(now) {
    const [oldest] = this.#requests.values();
    return now - oldest?.at > REQUEST_PATIENCE;
  }

  request(message, done, refused) {
    const id = ++this.#lastId;
    this.#requests.set(id, { done, refused, at: this.env.now(), isPublish: message.type === 'publish' });
    const json = JSON.stringify({ ...message, id });
    if (new TextEncoder().encode(json).length > this.welcome.maxMessageBytes) this.answers({ id, type: 'error', code: 'RECORD_TOO_LARGE' });
    else if (this.#socket.readyState === 1) this.#socket.send(json);
    return id;
  }

  answers({ id, type, ...answer }) {
    const request = /^(data|gap|resyncing)$/.test(type) ? undefined : this.#requests.get(id);
    if (!request) return false;
    this.#requests.delete(id);
    if (type === 'error') request.refused?.(errorOf(answer));
    else request.done?.(answer);
    return true;
  }

  close() {
    super.close();
    this.#socket?.close();
    for (const { refused, isPublish } of this.#requests.values()) if (isPublish) refused(lost('the connection was lost; the record may be stored or not'));
    this.#requests.clear();
  }

  /** A page is not told why an upgrade was refused, so the server is asked over HTTP. */
  async #closed(code, reason) {
    const isBroken = code === 1006 || code === 1005;
    const refused = this.welcome || this.over || !isBroken ? undefined : await refusal(this, NOTHING);
    this.end(refused ?? { code, reason: reason || `closed with ${code}`, server: !isBroken });
  }
}

/** Why a server refuses a subscription, or whoever asks; undefined if it does not. */
async function refusal(link, entry) {
  try {
    const end = await endOf(await post(link, 'poll', { subscribe: [entry], wait: 0 }));
    return end.server ? end : undefined;
  } catch (error) {
    return { reason: `${error}`, unreachable: true };
  }
}

function post({ env, base, token }, path, body, signal) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  return env.fetch(`${base}/${path}`, { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store', signal });
}

async function endOf(response) {
  const { status } = response;
  // A page of something before the server is no error of ours.
  const error = await response.json().catch(() => undefined);
  const server = error?.type === 'error' && isEnvelope(error);
  const retryAfter = Number(response.headers.get('Retry-After')) * SECOND;
  return { status, server, error, retryAfter, reason: server ? error.message : `HTTP ${status}` };
}

class HttpLink extends Link {
  sends = false;
  isBusy = false;
  #abort = new AbortController();
  #last = Promise.resolve();

  async open() {
    try {
      await this.run();
      this.end({ code: this.lastError === 'UNAUTHENTICATED' ? 4401 : undefined, reason: 'the stream has ended' });
    } catch (error) {
      this.end({ reason: `${error}`, unreachable: !this.isReached });
    }
  }

  async ask(path, body) {
    const subscribe = body.subscribe.length ? body.subscribe : [NOTHING];
    const response = await post(this, path, { ...body, subscribe, ids: false }, this.#abort.signal);
    this.isReached = true;
    if (!response.ok || !response.headers.get('Content-Type')?.startsWith(this.mediaType)) this.end(await endOf(response));
    return response;
  }

  /** One at a time, so that records stay in order. */
  request(message, done, refused) {
    const ask = async () => {
      const isPing = message.type === 'ping';
      const response = await (isPing ? this.env.fetch(`${this.base}/health`, { cache: 'no-store' }) : post(this, 'publish', message));
      const answer = await response.json();
      if (isPing || answer.type === 'published') done(answer);
      else refused(errorOf(answer));
    };
    this.#last = this.#last.then(ask).catch((error) => refused?.(lost(`${error}; the record may be stored or not`)));
  }

  isOverdue() {
    return false;
  }

  close() {
    super.close();
    this.#abort.abort();
  }
}

class SseLink extends HttpLink {
  mediaType = 'text/event-stream';

  async run() {
    const response = await this.ask('events', { subscribe: this.entries });
    if (this.over) return;
    const parser = new SseParser(this.shared.limits.maxMessageBytes, (data) => this.text(data));
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      this.heardAt = this.env.now();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
    }
  }
}

/** Reads an event stream (HTML Standard, 9.2.6), but for the ids and types of events, which are of no use here. */
class SseParser {
  #max;
  #onData;
  #rest = '';
  #data = [];
  #size = 0;

  constructor(max, onData) {
    this.#max = max;
    this.#onData = onData;
  }

  feed(chunk) {
    // A CR at the end may be half of a CRLF.
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
    if (this.#rest.length + this.#size > this.#max) throw new RangeError('an event is too large');
  }

  #line(line) {
    this.#size += line.length;
    const [, data] = /^data(?:$|: ?)(.*)/s.exec(line) ?? [];
    if (data !== undefined) this.#data.push(data);
    if (line !== '') return;
    if (this.#data.length) this.#onData(this.#data.join('\n'));
    this.#data = [];
    this.#size = 0;
  }
}

class PollLink extends HttpLink {
  mediaType = 'application/json';

  get silence() {
    return (POLL_WAIT + 10) * SECOND;
  }

  async run() {
    let body = { subscribe: this.entries, wait: 0 };
    while (!this.over) {
      const askedAt = this.env.now();
      const response = await this.ask('poll', body);
      if (this.over) return;
      const { cursor, envelopes } = await response.json();
      if (!this.welcome) this.envelope({ type: 'welcome', heartbeat: this.silence / 2, maxMessageBytes: MAX_BODY });
      this.heardAt = this.env.now();
      for (const envelope of envelopes) this.envelope(envelope);
      const isHasty = body.wait && !envelopes.length && this.heardAt - askedAt < SECOND;
      if (isHasty) await new Promise((resolve) => this.env.setTimeout(resolve, SECOND));
      body = { subscribe: this.entries.map(({ topic, mode, maxRate }) => ({ topic, mode, maxRate })), since: cursor, wait: POLL_WAIT };
    }
  }
}

const LINKS = { websocket: WebSocketLink, sse: SseLink, poll: PollLink };

// ---- the connection

/** Records that are published, and wait for a link or an acknowledgement. */
class Publications {
  #limits;
  #connection;
  #waiting = [];
  #pending = 0;

  constructor(limits, connection) {
    this.#limits = limits;
    this.#connection = connection;
  }

  async publish(topic, data = null, key) {
    if (this.#pending >= this.#limits.maxPendingPublishes) {
      throw new TelemetryError('TOO_MANY_REQUESTS', 'too many records wait for their acknowledgement', true);
    }
    // Copied, and refused if it is not JSON.
    const message = JSON.parse(JSON.stringify({ type: 'publish', topic, key, data }));
    this.#pending++;
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push((link) => {
          if (link) link.request(message, ({ topic, epoch, seq }) => resolve({ topic, epoch, seq }), reject);
          else reject(lost('the client is closed'));
        });
        this.flush();
      });
    } finally {
      this.#pending--;
    }
  }

  flush() {
    const { link, state } = this.#connection;
    if (link || state === 'closed') this.#waiting.splice(0).forEach((send) => send(link));
  }
}

const REMEMBERED = 'telemetry.transport';

/** Keeps a link to a server open, over the best transport that gets through. */
class Connection {
  state = 'idle';
  /** @type {any} */
  link;
  #shared;
  #bases;
  #order;
  /** Gives tokens; one is asked for at a time. */
  #source;
  #token;
  /** The link that is to be opened, and for what: `connect`, `change` or `probe`. */
  #opening;
  /** The transports that are left in this round. */
  #round = [];
  #failures = 0;
  #refusals = 0;
  #openedAt = 0;
  #hasOpened = false;
  #comeBackAt = 0;
  #timer;
  #change;
  #isOutdated = false;
  #probeAt = Infinity;
  #probeAfter = 0;
  #refreshAt = Infinity;
  #expiresAt;
  #clockAhead = 0;
  #pingedAt = 0;
  #rtt;
  #told = '';

  constructor(shared, bases, { transports = Object.keys(LINKS), token, backoff: { base = 500, max = 30 * SECOND } = {} }) {
    this.#shared = shared;
    this.#bases = bases;
    this.#source = token;
    /** Exponential, with full jitter. */
    shared.backoff = (failures) => shared.env.random() * Math.min(max, base * 2 ** failures);
    this.subscriptions = new Subscriptions(shared, () => this.#changed());
    this.publications = new Publications(shared.limits, this);
    this.#allow(transports);
  }

  #allow(kinds) {
    this.#order = kinds.filter((kind) => kind !== 'websocket' || this.#shared.env.WebSocket);
    if (!this.#order.length || !kinds.every((kind) => Object.hasOwn(LINKS, kind))) throw new TypeError(`no transports to use: ${kinds}`);
  }

  #become(state, detail) {
    const { state: from, link } = this;
    const told = `${state} ${link?.kind}`;
    if (from === 'closed' || this.#told === told) return;
    this.#told = told;
    this.state = state;
    this.#shared.listeners.emit('state', state, { from, transport: link?.kind, ...detail });
  }

  stats() {
    return { state: this.state, transport: this.link?.kind, rtt: this.#rtt };
  }

  // What the page does.

  open() {
    if (this.state === 'closed') return;
    const { env } = this.#shared;
    const [kind, at] = attempt(() => env.storage.getItem(REMEMBERED).split(' ')) ?? [];
    this.#failures = this.#refusals = 0;
    this.#beginRound(env.now() - at < ONE_HOUR ? kind : undefined);
    this.#connect();
  }

  use(kinds) {
    this.#allow(kinds);
    if (!this.link) this.#beginRound();
    else if (this.link.kind !== this.#order[0]) this.#open('probe', this.#order);
  }

  drop() {
    this.link?.end({ reason: 'dropped', server: true });
  }

  retry(token = this.#source) {
    this.#source = token;
    this.#token = undefined;
    if (this.state === 'unauthorized' || this.state === 'backoff') this.open();
  }

  close(state, detail) {
    this.#leave();
    this.#become(state, detail);
    this.publications.flush();
  }

  // What the browser says.

  pause() {
    if (this.link || this.#opening || this.state === 'backoff') this.close('paused');
  }

  wake() {
    if (this.state === 'paused') this.open();
    if (this.state === 'backoff' && this.#shared.env.now() >= this.#comeBackAt) this.#connect();
    if (this.link) this.#ping();
    if (this.#probeAt < Infinity) this.#probeAt = 0;
  }

  offline() {
    if (this.link) this.#become('suspect', { reason: 'offline' });
  }

  // Opening.

  /** @param first what worked last; `last` what did not last */
  #beginRound(first, last) {
    const kinds = this.#order.filter((kind) => kind !== first && kind !== last);
    this.#round = [first, ...kinds, last].filter((kind) => this.#order.includes(kind));
  }

  #connect() {
    this.#shared.env.clearTimeout(this.#timer);
    this.#become('connecting');
    this.#open('connect', this.#round);
  }

  /** What is subscribed cannot be changed, or repaired, over this link. Topics of a new pattern are let be named first. */
  #changed() {
    const { env } = this.#shared;
    const wait = Math.max(5, this.#openedAt + 100 - env.now());
    this.#isOutdated = true;
    this.#change ??= env.setTimeout(() => {
      this.#change = undefined;
      if (this.link) this.#open('change', [this.link.kind]);
    }, wait);
  }

  /** @param kinds the first one is opened, the others follow should it fail */
  async #open(purpose, kinds) {
    this.#opening?.link?.close();
    const { env, listeners } = this.#shared;
    const patience = purpose === 'connect' && kinds.length === 1 ? LAST_PATIENCE : PATIENCE;
    const opening = (this.#opening = { purpose, kinds, until: env.now() + patience, link: undefined });
    try {
      const token = await (this.#token ??= this.#askToken('connect'));
      if (this.#opening !== opening) return;
      const [kind] = kinds;
      const entries = kind === 'websocket' ? undefined : this.subscriptions.entries(MAX_BODY);
      opening.link = new LINKS[kind](this.#shared, this, kind, this.#bases[0], token, entries);
      opening.link.open();
    } catch (error) {
      if (this.#opening !== opening) return;
      listeners.emit('error', error);
      if (!opening.link) this.#token = undefined;
      this.#failed({ reason: `${error}`, server: !opening.link });
    }
  }

  async #askToken(reason) {
    return typeof this.#source === 'function' ? this.#source({ reason }) : this.#source;
  }

  welcomed(link) {
    if (this.#opening?.link !== link) return;
    // One that is swallowed behind its welcome must not take over.
    if (this.#opening.purpose === 'probe' && link.sends) link.request({ type: 'ping' });
    else this.#adopt(link);
  }

  /** This link carries everything from now on; what the one before has not delivered comes again. */
  #adopt(link) {
    const { env, counters } = this.#shared;
    const left = this.link;
    if (left && left.kind !== link.kind) counters.takeOvers++;
    if (!left && this.#hasOpened) counters.reconnects++;
    this.#hasOpened = true;
    this.#opening = undefined;
    this.#refusals = this.#comeBackAt = 0;
    this.#openedAt = env.now();
    this.link = link;
    this.#isOutdated = false;
    if (left) this.#retire(left);
    attempt(() => env.storage.setItem(REMEMBERED, `${link.kind} ${env.now()}`));
    this.#planProbe(PROBE_AFTER);
    this.#planRefresh(link.welcome);
    this.subscriptions.cutOff(false);
    this.subscriptions.begin(link);
    this.#ping();
    this.#become('open', { node: link.welcome.node });
    this.publications.flush();
  }

  /** A link that is left has still to say what became of what was published over it. */
  #retire(link) {
    if (link.isBusy) this.#shared.env.setTimeout(() => link.close(), PATIENCE);
    else link.close();
  }

  // What comes over links.

  received(link, envelope, size) {
    if (this.#opening?.link === link) this.#adopt(link);
    if (link !== this.link) return;
    const { env } = this.#shared;
    const { type, ts, id } = envelope;
    this.#become('open');
    if (type === 'goaway') this.#comeBackAt = env.now() + Math.min(envelope.reconnectAfter, ONE_HOUR);
    if (type === 'pong' || type === 'heartbeat') this.#clockAhead = ts - env.now();
    if (id == null || !link.sends || /^(data|gap|resyncing)$/.test(type)) this.subscriptions.received(envelope, size);
  }

  ended(link, end) {
    if (this.#opening?.link === link) this.#failed(end);
    if (link !== this.link) return;
    const hasLasted = end.server || (link.isProven && this.#shared.env.now() - this.#openedAt > STABLE_AFTER);
    this.#leave();
    if (hasLasted) this.#beginRound(link.kind);
    else this.#beginRound(undefined, link.kind);
    this.#decide(end);
  }

  #leave() {
    const { link } = this;
    this.#shared.env.clearTimeout(this.#timer);
    this.#opening?.link?.close();
    this.#opening = this.link = undefined;
    this.subscriptions.cutOff(true);
    link?.close();
  }

  /** The link that is opening does not get through. */
  #failed(end) {
    const { purpose, kinds, link } = this.#opening;
    const rest = kinds.slice(1);
    this.#opening = undefined;
    link?.close();
    if (link?.entries?.length && end.server && [400, 403, 413].includes(end.status)) this.#sortOut(link, end);
    else if (purpose === 'connect') this.#connectFailed(rest, end);
    else if (purpose === 'change' || !(rest.length || this.#order.includes(this.link.kind))) this.link.end(end);
    else if (rest.length && rest[0] !== this.link.kind) this.#open('probe', rest);
    else this.#planProbe(2 * this.#probeAfter);
    // The probe took the place of a change.
    if (this.link && !this.#opening && this.#isOutdated) this.#changed();
  }

  #connectFailed(rest, end) {
    // A server that is down is down for every transport; only if that lasts, the network may be another one.
    const isDown = end.unreachable && this.#hasOpened && !this.#failures;
    const isDecided = end.server && !(end.status < 500 && ![401, 403, 429].includes(end.status));
    this.#round = rest;
    if (rest.length && !isDown && !isDecided) return this.#connect();
    this.#beginRound();
    this.#decide(end);
  }

  /** One subscription that is refused spoils a whole request, so each is asked for alone. */
  async #sortOut(link, end) {
    const isAdmitted = !(await refusal(link, NOTHING));
    let found = false;
    for (const entry of isAdmitted ? link.entries : []) {
      const { error, status } = (await refusal(link, entry)) ?? {};
      if (!error || status >= 500) continue;
      found = true;
      this.subscriptions.end(entry.topic, errorOf(error));
    }
    if (this.#opening || this.state === 'closed') return;
    if (this.link) found ? this.#changed() : this.link.end(end);
    else if (found) this.open();
    else this.#decide(end);
  }

  /** What follows when there is no link any more. */
  #decide(end) {
    const { code, status, server, reason, retryAfter = 0 } = end;
    const { env } = this.#shared;
    if (code === 4400) return this.close('closed', end);
    if (code === 4403 || (status === 403 && server)) return this.close('unauthorized', end);
    if (code === 4401 || status === 401) {
      if (typeof this.#source !== 'function' || ++this.#refusals > 1) return this.close('unauthorized', end);
      this.#token = this.#askToken('rejected');
      this.#token.catch(() => {});
    }
    const asked = Math.min(ONE_HOUR, Math.max(this.#comeBackAt - env.now(), retryAfter));
    const retryIn = asked > 0 ? asked : this.#shared.backoff(Math.floor(this.#failures++ / this.#bases.length));
    this.#comeBackAt = asked > 0 ? env.now() + asked : 0;
    this.#bases.push(this.#bases.shift());
    this.#become('backoff', { reason, retryIn, code, status });
    this.#timer = env.setTimeout(() => this.#connect(), retryIn);
  }

  // Time.

  tick(now, isLate) {
    const { link } = this;
    const opening = this.#opening;
    if (now > opening?.until) {
      if (opening.link) opening.link.end({ reason: 'not welcomed in time' });
      else this.#failed({ reason: 'no token in time', server: true });
    }
    if (!link || link.over) return;
    if (link.isProven && now - this.#openedAt > STABLE_AFTER) this.#failures = 0;
    link.heardAt = Math.min(link.heardAt, now);
    const silent = now - link.heardAt;
    // Who comes late cannot tell a silent server from a sleeping page, and asks first.
    const isDead = silent > link.silence && (!isLate || (this.#pingedAt > link.heardAt && now - this.#pingedAt > PATIENCE));
    if (isDead || link.isOverdue(now)) {
      link.end({ reason: `nothing heard for ${silent} ms` });
    } else if (this.#comeBackAt > 0 && now >= this.#comeBackAt) {
      link.end({ reason: 'the server goes away', server: true });
    } else if (silent > 0.85 * link.silence && this.state === 'open') {
      this.#become('suspect', { reason: `nothing heard for ${silent} ms` });
      this.#ping();
    }
    if (link.over) return;
    if (now - this.#pingedAt > PING_EVERY) this.#ping();
    if (now >= this.#probeAt && !this.#opening) this.#open('probe', this.#order);
    if (now >= this.#refreshAt) this.#refresh();
  }

  #ping() {
    const { env } = this.#shared;
    const at = (this.#pingedAt = env.now());
    this.link.request({ type: 'ping' }, () => (this.#rtt = env.now() - at));
  }

  #planProbe(after) {
    const { env } = this.#shared;
    this.#probeAfter = Math.min(after, PROBE_AT_MOST);
    const isBest = this.link.kind === this.#order[0];
    this.#probeAt = isBest ? Infinity : env.now() + this.#probeAfter * (0.5 + env.random() / 2);
  }

  #planRefresh({ expiresAt }) {
    const { env } = this.#shared;
    const left = expiresAt - this.#clockAhead - env.now();
    this.#expiresAt = expiresAt;
    this.#refreshAt = left > 0 && typeof this.#source === 'function' ? env.now() + left * (0.75 + env.random() / 10) : Infinity;
  }

  async #refresh() {
    this.#refreshAt = Infinity;
    const { link } = this;
    const plan = (answer) => link === this.link && this.#planRefresh({ expiresAt: answer.expiresAt ?? this.#expiresAt });
    try {
      this.#token = this.#askToken('refresh');
      const token = await this.#token;
      if (link.sends) link.request({ type: 'auth', token }, plan, plan);
      else this.#changed();
    } catch (error) {
      this.#token = undefined;
      this.#shared.listeners.emit('error', error);
      plan({});
    }
  }
}

/** For the tests of this file. */
export const internals = { SseParser, isEnvelope, isPattern, isExact, overlaps, EPOCH };
