/** The browser client of Telemetry Live. Links come and go; a topic goes on over the next one from where it is. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ONE_HOUR = 60 * MINUTE;
/** How long a transport has until `welcome`; the last one has four times that. */
const PATIENCE = 4 * SECOND;
const REQUEST_PATIENCE = 30 * SECOND;
const REPAIR_PATIENCE = 10 * SECOND;
const STABLE_AFTER = 10 * SECOND;
const PING_EVERY = 15 * SECOND;
const PROBE_AT_MOST = 30 * MINUTE;
const POLL_WAIT = 25;
const RESYNC_RANGE = 1_000;
const MAX_POSITIONS = 1_000;
/** Any token covers a pattern; this one has no topics. */
const NOTHING = { topic: 'telemetry:nothing.*' };
const LIMITS = {
  maxHeldRecords: 1_000,
  maxHeldBytes: 4 << 20,
  maxQueuedRecords: 10_000,
  maxPendingPublishes: 1_024,
  maxMessageBytes: 16 << 20,
};

const isText = (value) => typeof value === 'string';
const isWhole = (value) => Number.isSafeInteger(value) && value >= 0;
const isPositive = (value) => isWhole(value) && value > 0;
const isPattern = (value) => isText(value) && /^(?=.{1,255}$)(([\w:/-]+|\*)\.)*([\w:/-]+|\*|>)$/.test(value);
const isExact = (pattern) => !/[*>]/.test(pattern);
const isEpoch = (value) => isText(value) && /^(?!(last|start|snapshot)$)[\w-]{0,32}$/.test(value);

function overlaps(pattern, other) {
  const a = pattern.split('.');
  const b = other.split('.');
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === '>' || b[i] === '>') return true;
    if (a[i] !== b[i] && a[i] !== '*' && b[i] !== '*') return false;
  }
  return a.length === b.length;
}

const FIELDS = {
  topic: (value) => isPattern(value) && isExact(value),
  pattern: isPattern,
  epoch: isEpoch,
  previousEpoch: isEpoch,
  from: isPositive,
  next: isPositive,
  reason: (value) => ['expired', 'epoch-changed', 'rolled-back'].includes(value),
  recovered: (value) => typeof value === 'boolean',
  code: isText,
  key: (value) => isText(value) && value !== '',
  data: (value) => value !== undefined,
};
const SHAPES = {
  welcome: 'heartbeat maxMessageBytes expiresAt',
  subscribed: 'topic epoch seq head recovered pattern snapshot',
  data: 'topic seq ts key data',
  gap: 'topic epoch previousEpoch from to next reason',
  resyncing: 'topic epoch from to',
  resynced: 'topic from to',
  published: 'topic epoch seq',
  pong: 'ts',
  heartbeat: 'ts',
  goaway: 'reconnectAfter',
  error: 'code',
};

const OPTIONAL = ['expiresAt', 'pattern', 'snapshot', 'key', 'previousEpoch'];

/** Or one of a later version, which is skipped. */
function isEnvelope(value) {
  const { type, topic, seq, epoch, from, to, reason, previousEpoch } = value ?? {};
  const isOfPattern = type === 'subscribed' && seq == null && isPattern(topic) && !isExact(topic);
  if (isOfPattern || !Object.hasOwn(SHAPES, type)) return isText(type);
  const isSound = (name) => (value[name] == null && OPTIONAL.includes(name)) || (FIELDS[name] ?? isWhole)(value[name]);
  const isNowhere = seq === 0 ? type === 'data' : seq > 0 && epoch === '';
  return SHAPES[type].split(' ').every(isSound) && !isNowhere && !(to < from - 1) && (reason === 'rolled-back') === (previousEpoch != null);
}

export class TelemetryError extends Error {
  name = 'TelemetryError';

  constructor(code, message, retryable = false) {
    super(message);
    Object.assign(this, { code, retryable });
  }
}

const errorOf = ({ code, message, retryable }) => new TelemetryError(code, `${message}`, retryable === true);
const unavailable = (message) => ({ type: 'error', code: 'UNAVAILABLE', message, retryable: true });

export function connect(url, options = {}) {
  const env = platform(options.env);
  const listeners = new Listeners(env.reportError);
  const counters = { records: 0, repaired: 0, lost: 0, gaps: 0, duplicates: 0, dropped: 0, malformed: 0, reconnects: 0, takeOvers: 0 };
  const shared = { env, listeners, counters, limits: { ...LIMITS, ...options.limits } };
  if (options.onState) listeners.on('state', options.onState);
  const connection = new Connection(shared, [url].flat().map((one) => new URL(one, env.document?.baseURI).href.replace(/^ws/, 'http').replace(/\/$/, '')), options);
  const page = new AbortController();
  watchPage(env, connection, page.signal);
  connection.open();
  connection.tick();
  return Object.freeze({
    get state() {
      return connection.state;
    },
    subscribe: (topic, settings, listener) => connection.subscriptions.add(topic, settings, listener),
    publish: (topic, data, settings) => connection.publish(topic, data, settings?.key),
    on: (event, listener) => listeners.on(event, listener),
    stats: () => connection.stats(),
    use: (transports) => connection.use(transports),
    drop: () => connection.drop(),
    retry: (token) => connection.retry(token),
    close() {
      page.abort();
      connection.close('closed');
    },
  });
}

function platform(env) {
  const g = globalThis;
  return {
    WebSocket: g.WebSocket,
    fetch: g.fetch?.bind(g),
    setTimeout: g.setTimeout.bind(g),
    requestAnimationFrame: (g.requestAnimationFrame ?? g.setTimeout).bind(g),
    reportError: g.reportError?.bind(g) ?? g.console.error,
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

function watchPage({ document, window }, connection, signal) {
  // Captured: what happens to the document does not bubble.
  const on = (events, handler) => events.split(' ').forEach((event) => window?.addEventListener?.(event, handler, { capture: true, signal }));
  on('pagehide freeze', () => connection.pause());
  on('pageshow resume online', () => connection.wake());
  on('visibilitychange', () => document?.hidden || connection.wake());
  on('offline', () => connection.offline());
}

/** What a listener throws is an `error` event, or told to the browser. */
class Listeners {
  #entries = new Set();

  constructor(reportError) {
    this.reportError = reportError;
  }

  on(event, listener) {
    const entry = { event, listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  emit(event, ...args) {
    const heard = [...this.#entries].filter((entry) => entry.event === event);
    const failed = event === 'error' ? this.reportError : undefined;
    heard.forEach(({ listener }) => this.call(listener, args, failed));
    return heard.length > 0;
  }

  call(listener, args, failed = (error) => this.emit('error', error) || this.reportError(error)) {
    try {
      listener?.(...args);
    } catch (error) {
      failed(error);
    }
  }
}

class Subscription {
  #queued = new Map();
  closed = false;
  /** By a link: topics that are new to it were born since. */
  begun = false;

  constructor(shared, owner, topic, options, listener) {
    if (!isPattern(topic)) throw new TelemetryError('BAD_TOPIC', `no topic or pattern: ${topic}`);
    if (typeof listener !== 'function') throw new TypeError('no listener');
    const { since, mode, maxRate = 10 } = options;
    Object.assign(this, shared, { owner, topic, options, listener, since, maxRate: mode === 'conflated' ? maxRate : undefined });
  }

  sinceOf(topic) {
    const { since } = this;
    if (since?.positions) return since.positions[topic] ?? 'start';
    return this.begun && topic !== this.topic ? 'start' : since;
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    this.#queued.clear();
    this.owner.remove(this);
  }

  position(topic = this.topic) {
    return this.owner.topics.get(topic)?.position(this);
  }

  positions() {
    return { ...this.since?.positions, ...Object.fromEntries(this.topics().map((topic) => [topic, this.position(topic)])) };
  }

  topics() {
    return [...this.owner.topics.keys()].filter((topic) => this.position(topic));
  }

  record(record) {
    if (this.closed) return;
    const { env, counters, limits, listeners } = this;
    counters.records++;
    if (!this.options.frames) return listeners.call(this.listener, [record]);
    if (!this.#queued.size) env.requestAnimationFrame(() => this.#draw());
    const key = `${record.topic} ${record.key ?? ''}`;
    // Moved to the end: the first has been silent for longest.
    if (!this.#queued.delete(key) && this.#queued.size >= limits.maxQueuedRecords) {
      this.#queued.delete(this.#queued.keys().next().value);
      counters.dropped++;
    }
    this.#queued.set(key, record);
  }

  #draw() {
    const records = [...this.#queued.values()];
    this.#queued.clear();
    if (records.length) this.listeners.call(this.listener, [records]);
  }

  subscribed(answer) {
    this.listeners.call(this.options.onSubscribed, [answer]);
  }

  gap(gap) {
    this.counters.gaps++;
    this.counters.lost += gap.lost;
    this.listeners.call(this.options.onGap, [gap]);
    this.listeners.emit('gap', gap, this);
  }

  end(error) {
    this.close();
    this.listeners.call(this.options.onError, [error]);
    this.listeners.emit('error', error, this);
  }
}

const positionOf = ({ epoch, seq, since }) => (epoch === undefined ? since : { epoch, seq });

/**
 * How far the link has brought a topic without a hole; and the place of each subscription, which is given what lies behind it. One without an
 * epoch has yet to begin.
 */
class Topic {
  epoch;
  last = 0;
  isPlaced = false;
  #places = new Map();
  #isConflated = false;
  /** Handed over when it is whole: one that is cut off is asked for again. */
  #snapshot;
  #repair;

  constructor(shared, owner, name) {
    Object.assign(this, shared, { owner, name });
  }

  get isUnused() {
    return !this.#places.size;
  }

  /** Somebody whom this link does not serve: new, or of an epoch that it has left. */
  get straggler() {
    if (this.#snapshot) return undefined;
    return [...this.#places.values()].find(({ epoch, since }) => (epoch === undefined ? since !== undefined : epoch !== this.epoch));
  }

  position(subscription) {
    const position = positionOf(this.#places.get(subscription) ?? {});
    return position?.epoch === undefined ? undefined : position;
  }

  since() {
    return positionOf(this.straggler ?? { epoch: this.epoch, seq: this.last });
  }

  add(subscription) {
    if (this.#places.has(subscription)) return;
    const since = subscription.sinceOf(this.name);
    this.#places.set(subscription, { epoch: since === undefined ? this.epoch : undefined, seq: this.last, since });
  }

  remove(subscription) {
    this.#places.delete(subscription);
  }

  cutOff() {
    this.isPlaced = false;
    this.#repair = this.#snapshot = undefined;
  }

  placed({ epoch, seq, recovered, snapshot }, asked, isConflated) {
    // With nothing lost it goes on, be it in another epoch.
    const left = recovered ? (asked === undefined ? this : asked).epoch : undefined;
    this.cutOff();
    for (const place of this.#places.values()) if (left !== undefined && place.epoch === left) place.epoch = epoch;
    Object.assign(this, { epoch, isPlaced: true });
    this.#isConflated = isConflated;
    this.#begin(undefined, seq);
    if (snapshot) this.#snapshot = { size: snapshot, end: seq, records: [] };
    else this.#begin(asked, seq);
    this.last = Math.min(seq, ...this.#following().map(([, place]) => place.seq));
    if (!snapshot && this.last < seq) this.#missing(seq);
  }

  #begin(since, seq) {
    const begun = [...this.#places].filter(([, place]) => place.epoch === undefined && place.since === since);
    for (const [, place] of begun) Object.assign(place, { epoch: this.epoch, seq });
    return begun;
  }

  #following() {
    return [...this.#places].filter(([, { epoch }]) => epoch === this.epoch);
  }

  take(envelope) {
    const { type, id, seq } = envelope;
    const isGap = type === 'gap';
    const repair = this.#repair;
    if (!this.isPlaced) return;
    if (repair && (isGap ? id === repair.id : seq <= repair.to)) this.#repaired(repair, envelope);
    else if (id != null) return;
    else if (repair) this.#hold(envelope);
    else if (isGap) this.#gap(envelope);
    else if (this.#snapshot) this.#snapshotRecord(envelope);
    else if (seq <= this.last) this.counters.duplicates++;
    else if (seq === this.last + 1 || this.#isConflated) this.#deliver(envelope);
    else this.#missing(seq - 1, envelope);
  }

  #deliver(record) {
    this.last = record.seq;
    for (const [subscription, place] of this.#following()) {
      if (record.seq <= place.seq) continue;
      place.seq = record.seq;
      subscription.record(record);
    }
  }

  #snapshotRecord(record) {
    const { size, end, records } = this.#snapshot;
    if (records.push(record) < size) return;
    this.#snapshot = undefined;
    if (record.seq !== end) return this.#endLink();
    const begun = this.#begin('snapshot', end);
    for (const one of records) begun.forEach(([subscription]) => subscription.record(one));
    if (this.last < end) this.#missing(end);
  }

  #gap(gap) {
    const { epoch, previousEpoch, reason, from, next } = gap;
    const { last } = this;
    if (this.#snapshot) return this.#endLink();
    const isBack = previousEpoch === this.epoch;
    const isHere = epoch === this.epoch;
    if (isHere && (isBack ? last === next - 1 : last >= next - 1)) return;
    const countsHere = isBack || (isHere && reason === 'expired');
    if (countsHere && from > last + 1 && !this.#isConflated) this.#missing(from - 1, gap);
    else this.#lose(gap, epoch, next - 1);
  }

  #lose(gap, epoch, end) {
    this.epoch = epoch;
    this.last = end;
    for (const [subscription, place] of this.#places) {
      const isBeyond = place.epoch === epoch && place.epoch !== gap.previousEpoch && place.seq >= end;
      if (place.epoch === undefined || isBeyond) continue;
      const delivered = place.epoch === (gap.previousEpoch ?? gap.epoch) ? place.seq : 0;
      const lost = Math.max(0, gap.to - Math.max(gap.from, delivered + 1) + 1);
      Object.assign(place, { epoch, seq: end });
      subscription.gap({ ...gap, lost });
    }
  }

  #missing(to, event) {
    if (this.owner.link.sends && to - this.last <= RESYNC_RANGE) {
      const repair = (this.#repair = { to, held: [], size: 0 });
      this.#ask(repair);
      if (event) this.#hold(event);
      this.env.setTimeout(() => this.#repair === repair && this.#endLink(), REPAIR_PATIENCE);
    } else if (event) {
      this.#endLink();
    } else {
      this.isPlaced = false;
      this.owner.change();
    }
  }

  #ask(repair) {
    const { epoch, last } = this;
    // An answer may be cut short.
    const answered = () => this.#repair === repair && (this.last > last ? this.#ask(repair) : this.#endLink());
    repair.id = this.owner.link.request({ type: 'resync', topic: this.name, epoch, from: last + 1, to: repair.to }, answered, answered);
  }

  #repaired(repair, envelope) {
    if (envelope.type === 'gap') {
      if (envelope.from <= this.last + 1 && envelope.to > this.last) this.#lose(envelope, this.epoch, envelope.to);
    } else if (envelope.seq === this.last + 1) {
      this.counters.repaired++;
      this.#deliver(envelope);
    }
    if (this.#repair !== repair || this.last < repair.to) return;
    this.#repair = undefined;
    repair.held.forEach((held) => this.take(held));
  }

  #hold(envelope) {
    const { held } = this.#repair;
    const { maxHeldRecords, maxHeldBytes } = this.limits;
    this.#repair.size += JSON.stringify(envelope).length;
    if (held.push(envelope) > maxHeldRecords || this.#repair.size > maxHeldBytes) this.#endLink();
  }

  #endLink() {
    this.owner.link?.end({ reason: `records of ${this.name} are missing`, server: true });
  }
}

class Subscriptions {
  all = new Set();
  topics = new Map();
  link;
  #entries = new Map();
  #settling;

  constructor(shared, change) {
    Object.assign(this, shared, { shared, change });
  }

  add(topic, options, listener) {
    const subscription = new Subscription(this.shared, this, topic, (listener && options) ?? {}, listener ?? options);
    this.all.add(subscription);
    if (isExact(topic)) this.#topic(topic);
    for (const [name, known] of this.topics) if (overlaps(topic, name)) known.add(subscription);
    this.#settle();
    return subscription;
  }

  remove(subscription) {
    this.all.delete(subscription);
    for (const [name, topic] of this.topics) {
      topic.remove(subscription);
      if (topic.isUnused) this.topics.delete(name);
    }
    this.#settle();
  }

  end(text, error) {
    this.#entries.delete(text);
    this.#of(text).forEach((subscription) => subscription.end(error));
  }

  #of(text) {
    return [...this.all].filter(({ topic }) => topic === text);
  }

  #sharing(text) {
    return [...this.all].filter(({ topic }) => overlaps(topic, text));
  }

  #topic(name) {
    for (const subscription of this.#sharing(name)) {
      if (!this.topics.has(name)) this.topics.set(name, new Topic(this.shared, this, name));
      this.topics.get(name).add(subscription);
    }
    return this.topics.get(name);
  }

  get #texts() {
    return new Set([...this.all].map(({ topic }) => topic));
  }

  /** All who share a topic get it in one mode. */
  #rate(text) {
    const rates = this.#sharing(text).map(({ maxRate }) => maxRate);
    return rates.includes(undefined) ? undefined : Math.max(...rates);
  }

  #entry(topic) {
    const maxRate = this.#rate(topic);
    const since = isExact(topic) ? this.topics.get(topic)?.since() : this.#sinceOfPattern(topic);
    return { topic, since, mode: maxRate && 'conflated', maxRate };
  }

  /** Topics that are not named begin at their first record. */
  #sinceOfPattern(text) {
    const members = this.#of(text);
    const [{ since }] = members;
    if (!since?.positions && !members.some(({ begun }) => begun)) return since;
    const positions = Object.assign({}, ...members.map((member) => member.since?.positions));
    for (const [name, topic] of this.topics) {
      if (overlaps(text, name)) positions[name] = topic.since();
    }
    const known = Object.entries(positions).filter(([, position]) => position?.epoch !== undefined);
    return { positions: Object.fromEntries(known.slice(0, MAX_POSITIONS)) };
  }

  /** Exact ones come first, lest a pattern begins what they take over. */
  entries() {
    const texts = this.#texts;
    for (const [name, { straggler }] of this.topics) if (straggler) texts.add(name);
    return [...texts].sort((a, b) => Number(isExact(b)) - Number(isExact(a))).map((text) => this.#entry(text));
  }

  begin(link) {
    this.link = link;
    (link.entries ?? this.entries()).forEach((entry) => this.#begin(entry));
    this.#settle();
  }

  cutOff() {
    this.link = undefined;
    for (const { topic, isAccepted } of this.#entries.values()) {
      if (isAccepted) this.#of(topic).forEach((subscription) => (subscription.begun = true));
    }
    this.#entries.clear();
    this.topics.forEach((topic) => topic.cutOff());
  }

  #begin(entry) {
    const { topic, since, maxRate } = entry;
    this.#entries.set(topic, entry);
    if (this.link.sends) {
      const refused = (error) => this.#entries.get(topic) === entry && this.#refused(topic, error);
      entry.id = this.link.request({ type: 'subscribe', ...entry }, undefined, refused);
      return;
    }
    // A poll does not say where it resumes.
    const known = since?.positions ?? (since?.epoch === undefined ? undefined : { [topic]: since });
    entry.isAccepted = known !== undefined;
    for (const [name, position] of Object.entries(known ?? {})) {
      this.#topic(name)?.placed({ ...position, recovered: true }, position, maxRate !== undefined);
    }
  }

  #refused(topic, error) {
    if (!error.retryable) return this.end(topic, error);
    this.#entries.delete(topic);
    this.env.setTimeout(() => this.#settle(), this.backoff(3));
  }

  #settle() {
    this.#settling ??= Promise.resolve().then(() => {
      this.#settling = undefined;
      if (this.link && !this.#fits()) this.change();
    });
  }

  /** False where another link is needed. */
  #fits() {
    const { sends } = this.link;
    const texts = this.#texts;
    let fits = true;
    for (const { topic, isAccepted, maxRate } of this.#entries.values()) {
      const isWanted = texts.delete(topic);
      if (isWanted ? maxRate !== this.#rate(topic) : !sends) fits = false;
      if (isWanted || !sends || !isAccepted) continue;
      this.#entries.delete(topic);
      this.link.request({ type: 'unsubscribe', topic });
    }
    if (sends) texts.forEach((text) => this.#begin(this.#entry(text)));
    else fits &&= !texts.size;
    const isWaiting = [...this.#entries.values()].some(({ isAccepted }) => !isAccepted);
    return fits && (isWaiting || ![...this.topics.values()].some(({ isPlaced, straggler }) => isPlaced && straggler));
  }

  received(envelope) {
    const { type, topic } = envelope;
    if (type === 'data' || type === 'gap') this.topics.get(topic)?.take(envelope);
    else if (type === 'subscribed') this.#subscribed(envelope);
    else if (type === 'unsubscribed' && envelope.reason) this.end(topic, new TelemetryError('FORBIDDEN', envelope.reason));
    else if (type === 'error' && envelope.id == null) this.listeners.emit('error', errorOf(envelope));
  }

  #subscribed(answer) {
    const { topic, pattern, id, seq } = answer;
    const entry = this.#entries.get(pattern ?? topic);
    if (!entry || (!entry.isAccepted && id !== entry.id)) return;
    const { since } = entry;
    if (!pattern) entry.isAccepted = true;
    if (seq == null) {
      this.#of(topic).forEach((subscription) => subscription.subscribed(answer));
    } else {
      const known = this.#topic(topic);
      const asked = since?.positions ? (since.positions[topic] ?? 'start') : since;
      known?.placed(answer, id == null && known.isPlaced ? undefined : asked, entry.maxRate !== undefined);
      this.#sharing(topic).forEach((subscription) => subscription.subscribed(answer));
    }
    this.#settle();
  }
}

class Link {
  welcome;
  over = false;
  requests = new Map();
  #lastId = 0;

  constructor(shared, owner, kind, base, token, entries) {
    Object.assign(this, shared, { owner, kind, base, token, entries, bornAt: shared.env.now() });
  }

  text(json) {
    const isTooLarge = json.length > this.limits.maxMessageBytes;
    this.envelope(isTooLarge ? undefined : attempt(() => JSON.parse(json)));
  }

  envelope(envelope) {
    if (this.over) return;
    this.heardAt = this.env.now();
    if (!isEnvelope(envelope)) {
      this.counters.malformed++;
      this.end({ reason: 'malformed' });
    } else if (envelope.type === 'welcome') {
      this.welcome ??= envelope;
      this.silence = 2 * this.welcome.heartbeat;
      this.owner.welcomed(this);
    } else if (this.welcome) {
      if (envelope.code === 'UNAUTHENTICATED') this.code = 4401;
      this.owner.received(this, envelope);
      if (envelope.id != null) this.answer(envelope);
    }
  }

  request(message, done, refused) {
    const id = ++this.#lastId;
    this.requests.set(id, { done, refused });
    this.send({ ...message, id });
    return id;
  }

  answer(answer) {
    const { id, type } = answer;
    const request = /^(data|gap|resyncing)$/.test(type) ? undefined : this.requests.get(id);
    if (!request) return;
    this.requests.delete(id);
    if (type === 'error') request.refused?.(errorOf(answer));
    else request.done?.(answer);
  }

  /** @param end why; `server` if ours has decided so */
  end(end) {
    if (this.over) return;
    this.over = true;
    this.owner.ended(this, end);
    this.close();
  }

  close() {
    this.over = true;
    for (const id of this.requests.keys()) this.answer({ ...unavailable('the outcome is not known'), id });
  }
}

class WebSocketLink extends Link {
  sends = true;
  #socket;

  open() {
    const protocols = this.token ? ['telemetry.v1', `bearer.${this.token}`] : ['telemetry.v1'];
    const socket = (this.#socket = new this.env.WebSocket(this.base.replace('http', 'ws'), protocols));
    socket.onmessage = ({ data }) => (isText(data) ? this.text(data) : this.envelope());
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
    socket.onerror = () => {};
  }

  send(message) {
    const json = JSON.stringify(message);
    if (json.length > this.welcome.maxMessageBytes) this.answer({ id: message.id, type: 'error', code: 'RECORD_TOO_LARGE', message: 'too large' });
    else if (this.#socket.readyState === 1) this.#socket.send(json);
  }

  close() {
    super.close();
    this.#socket?.close();
  }

  /** A page is not told why an upgrade is refused, but why a poll is. */
  async #closed(code, reason) {
    const isBroken = code === 1006 || code === 1005;
    const refused = this.welcome || this.over || !isBroken ? undefined : await refusal(this, NOTHING);
    this.end(refused ?? { code, reason: reason || 'closed', server: !isBroken });
  }
}

function post({ env, base, token }, path, body, signal = AbortSignal.timeout(REQUEST_PATIENCE)) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  return env.fetch(`${base}/${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal });
}

async function endOf(response) {
  const { status } = response;
  const error = await response.json().catch(() => undefined);
  const server = error?.type === 'error' && isEnvelope(error);
  const retryAfter = Number(response.headers.get('Retry-After')) * SECOND;
  return { status, server, error, retryAfter, reason: error?.message ?? `HTTP ${status}` };
}

async function refusal(link, entry) {
  const end = await post(link, 'poll', { subscribe: [entry], wait: 0 })
    .then(endOf)
    .catch(() => undefined);
  return end?.server ? end : undefined;
}

class HttpLink extends Link {
  sends = false;
  #abort = new AbortController();
  #last = Promise.resolve();

  async open() {
    try {
      await this.run();
      this.end({ code: this.code, reason: 'ended' });
    } catch (error) {
      this.end({ reason: `${error}` });
    }
  }

  async ask(path, body) {
    const subscribe = body.subscribe.length ? body.subscribe : [NOTHING];
    const response = await post(this, path, { ...body, subscribe, ids: false }, this.#abort.signal);
    if (response.ok) return response;
    this.end(await this.#refused(await endOf(response)));
    throw new TypeError('refused');
  }

  /** One subscription that is refused spoils a whole request, so each is asked for alone. */
  async #refused(end) {
    if (!end.server || ![400, 403, 413].includes(end.status)) return end;
    const refusals = await Promise.all(this.entries.map(async (entry) => ({ ...(await refusal(this, entry)), topic: entry.topic })));
    const refused = refusals.filter(({ status }) => status === end.status);
    return refused.length ? { ...end, status: undefined, refused } : end;
  }

  /** One at a time, so that records stay in order. */
  send({ id, ...message }) {
    const ask = async () => {
      const answer = await (await post(this, 'publish', message)).json();
      if (!isEnvelope(answer)) throw new TypeError('malformed');
      this.answer({ ...answer, id });
    };
    this.#last = this.#last.then(ask).catch((error) => this.answer({ ...unavailable(error), id }));
  }

  close() {
    super.close();
    this.#abort.abort();
  }
}

class SseLink extends HttpLink {
  async run() {
    const response = await this.ask('events', { subscribe: this.entries });
    const read = eventReader(this.limits.maxMessageBytes, (data) => this.text(data));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      this.heardAt = this.env.now();
      read(chunk.value);
    }
  }
}

/** Reads the data of an event stream (HTML Standard, 9.2.6). */
function eventReader(max, onData) {
  let rest = '';
  return (chunk) => {
    // A CR at the end may be half of a CRLF.
    const events = (rest + chunk).replace(/\r\n|\r(?!$)/g, '\n').split('\n\n');
    rest = events.pop();
    if (rest.length > max) throw new RangeError('an event is too large');
    for (const event of events) {
      const data = event.split('\n').filter((line) => /^data(:|$)/.test(line));
      if (data.length) onData(data.map((line) => line.replace(/^data:? ?/, '')).join('\n'));
    }
  };
}

class PollLink extends HttpLink {
  async run() {
    let body = { subscribe: this.entries, wait: 0 };
    while (!this.over) {
      const response = await this.ask('poll', body);
      const { cursor, envelopes } = await response.json();
      this.envelope({ type: 'welcome', heartbeat: (POLL_WAIT + 10) * 500, maxMessageBytes: 0 });
      envelopes.forEach((envelope) => this.envelope(envelope));
      // No hot loop.
      if (!envelopes.length) await new Promise((resolve) => this.env.setTimeout(resolve, SECOND));
      body = { subscribe: this.entries.map(({ topic, mode, maxRate }) => ({ topic, mode, maxRate })), since: cursor, wait: POLL_WAIT };
    }
  }
}

const LINKS = { websocket: WebSocketLink, sse: SseLink, poll: PollLink };

const REMEMBERED = 'telemetry.transport';

class Connection {
  state = 'idle';
  link;
  /** The transports that may be used, the best first; and in which order next. */
  #order;
  #round;
  /** The link that is being opened, be it beside another; or the wait for that. */
  #opening;
  #openedAt;
  #isOutdated = false;
  #failures = 0;
  #changes = 0;
  #comeBackAt = 0;
  #pingedAt = 0;
  #rtt;
  #rate = 0;
  #probeAt = Infinity;
  #probeAfter = 0;
  #source;
  #token;
  #isAsking;
  #refreshAt = Infinity;
  #refusals = 0;
  #told = '';
  #unsent = [];
  #publishing = 0;

  constructor(shared, bases, { transports = Object.keys(LINKS), token, backoff: { base = 500, max = 30 * SECOND } = {} }) {
    shared.backoff = (failures) => shared.env.random() * Math.min(max, base * 2 ** failures);
    Object.assign(this, shared, { shared, bases });
    this.#source = token;
    this.subscriptions = new Subscriptions(shared, () => this.#outdated());
    this.#allow(transports);
  }

  #allow(kinds) {
    const isThere = (kind) => kind !== 'websocket' || this.env.WebSocket;
    this.#order = this.#round = kinds.filter((kind) => Object.hasOwn(LINKS, kind) && isThere(kind));
    if (!this.#order.length) throw new TypeError(`no transports: ${kinds}`);
  }

  #prefer(best, worst) {
    const rank = (kind) => (kind === best ? 0 : kind === worst ? 2 : 1);
    this.#round = [...this.#order].sort((a, b) => rank(a) - rank(b));
  }

  #become(state, detail) {
    const { state: from, link } = this;
    const told = `${state} ${link?.kind}`;
    if (from === 'closed' || this.#told === told) return;
    this.#told = told;
    this.state = state;
    this.listeners.emit('state', state, { from, transport: link?.kind, ...detail });
  }

  stats() {
    return { ...this.counters, recordsPerSecond: this.#rate, state: this.state, transport: this.link?.kind, rtt: this.#rtt };
  }

  open() {
    const [kind, at] = attempt(() => this.env.storage.getItem(REMEMBERED).split(' ')) ?? [];
    this.#failures = this.#refusals = 0;
    if (this.env.now() - at < ONE_HOUR) this.#prefer(kind);
    this.#connect();
  }

  use(kinds) {
    this.#allow(kinds);
    if (this.link && this.link.kind !== this.#order[0]) this.#open(this.#order);
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
    this.#flush();
  }

  async publish(topic, data = null, key) {
    if (this.#publishing >= this.limits.maxPendingPublishes) throw new TelemetryError('TOO_MANY_REQUESTS', 'too many at once', true);
    // Copied, and refused if it is not JSON.
    const message = JSON.parse(JSON.stringify({ type: 'publish', topic, key, data }));
    this.#publishing++;
    const published = new Promise((...settle) => this.#unsent.push([message, ...settle]));
    this.#flush();
    return published.finally(() => this.#publishing--);
  }

  #flush() {
    const { link, state } = this;
    if (!link && state !== 'closed') return;
    for (const [message, resolve, reject] of this.#unsent.splice(0)) {
      if (link) link.request(message, resolve, reject);
      else reject(errorOf(unavailable('the client is closed')));
    }
  }

  pause() {
    if (this.link || this.#opening) this.close('paused');
  }

  wake() {
    if (this.state === 'paused') this.open();
    if (this.state === 'backoff' && this.env.now() >= this.#comeBackAt) this.#connect();
    if (this.link) this.#ping();
    if (this.#probeAt < Infinity) this.#probeAt = 0;
  }

  offline() {
    if (this.link) this.#become('suspect', { reason: 'offline' });
  }

  #connect() {
    const round = this.#round;
    this.#round = this.#order;
    this.#become('connecting');
    this.#open(round);
  }

  #outdated() {
    this.#isOutdated = true;
    const replace = () => this.#isOutdated && this.link && !this.#opening && this.#open([this.link.kind]);
    this.env.setTimeout(replace, this.backoff(this.#changes++ - 3));
  }

  async #open(kinds) {
    this.#opening?.link?.close();
    const { env, listeners } = this;
    const opening = (this.#opening = { kinds, link: undefined });
    const isLate = () => this.#opening === opening && this.#failed({ reason: 'no welcome', server: !opening.link });
    env.setTimeout(isLate, kinds.length > 1 ? PATIENCE : 4 * PATIENCE);
    try {
      const token = await (this.#token ?? this.#askToken('connect'));
      if (this.#opening !== opening) return;
      const [kind] = kinds;
      const entries = kind === 'websocket' ? undefined : this.subscriptions.entries();
      opening.link = new LINKS[kind](this.shared, this, kind, this.bases[0], token, entries);
      opening.link.open();
    } catch (error) {
      if (this.#opening !== opening) return;
      listeners.emit('error', error);
      this.#failed({ reason: `${error}`, server: !opening.link });
    }
  }

  welcomed(link) {
    if (this.#opening?.link !== link) return;
    // One that is swallowed behind its welcome must not take over.
    if (this.link && link.sends) link.request({ type: 'ping' });
    else this.#adopt(link);
  }

  #adopt(link) {
    const { env, counters } = this;
    const left = this.link;
    if (left && left.kind !== link.kind) counters.takeOvers++;
    if (!left && this.#openedAt !== undefined) counters.reconnects++;
    this.link = link;
    this.#opening = undefined;
    this.#isOutdated = false;
    this.#refusals = this.#comeBackAt = 0;
    this.#openedAt = env.now();
    this.#rtt = this.#openedAt - link.bornAt;
    if (left) env.setTimeout(() => left.close(), left.requests.size ? PATIENCE : 0);
    attempt(() => env.storage.setItem(REMEMBERED, `${link.kind} ${env.now()}`));
    if (left?.kind !== link.kind) this.#planProbe(MINUTE);
    this.#planRefresh(link.welcome.expiresAt);
    this.subscriptions.cutOff();
    this.subscriptions.begin(link);
    this.#ping();
    this.#become('open', { node: link.welcome.node });
    this.#flush();
  }

  received(link, envelope) {
    if (this.#opening?.link === link) this.#adopt(link);
    if (link !== this.link) return;
    this.#become('open');
    if (envelope.type === 'goaway') this.#comeBackAt = this.env.now() + envelope.reconnectAfter;
    this.subscriptions.received(envelope);
  }

  ended(link, end) {
    end.refused?.forEach(({ topic, error }) => this.subscriptions.end(topic, errorOf(error)));
    if (this.#opening?.link === link) this.#failed(end);
    if (link !== this.link) return;
    const hasLasted = end.server || this.#comeBackAt || link.heardAt - this.#openedAt > STABLE_AFTER;
    this.#leave();
    this.#prefer(hasLasted && link.kind, link.kind);
    this.#decide(end);
  }

  #leave() {
    const { link } = this;
    this.#opening?.link?.close();
    this.#opening = this.link = undefined;
    this.subscriptions.cutOff();
    link?.close();
  }

  #failed(end) {
    const [, ...rest] = this.#opening.kinds;
    this.#opening.link?.close();
    this.#opening = undefined;
    const { link } = this;
    const isOfTransport = !end.server || (end.status < 500 && ![401, 403, 429].includes(end.status));
    if (rest.length && (link ? rest[0] !== link.kind : isOfTransport)) this.#open(rest);
    else if (!link) this.#decide(end);
    else if (this.#isOutdated || !this.#order.includes(link.kind)) link.end(end);
    else this.#planProbe(2 * this.#probeAfter);
  }

  #decide(end) {
    const { code, status, server, retryAfter = 0 } = end;
    if (code === 4400) return this.close('closed', end);
    if (code === 4403 || (status === 403 && server)) return this.close('unauthorized', end);
    if (code === 4401 || status === 401) {
      if (++this.#refusals > 1) return this.close('unauthorized', end);
      this.#askToken('rejected');
    }
    const asked = Math.min(ONE_HOUR, Math.max(this.#comeBackAt - this.env.now(), retryAfter));
    const retryIn = asked > 0 ? asked : this.backoff(Math.floor(this.#failures++ / this.bases.length));
    const wait = (this.#opening = { kinds: [] });
    this.#comeBackAt = asked > 0 ? this.env.now() + asked : 0;
    this.bases.push(this.bases.shift());
    this.env.setTimeout(() => this.#opening === wait && this.#connect(), retryIn);
    this.#become('backoff', { ...end, retryIn });
  }

  /** Timers of hidden pages come once a minute, so time is told by the clock. */
  tick(before = 0, counted = 0) {
    const { env, listeners } = this;
    const { records } = this.counters;
    const now = env.now();
    if (now > before) this.#rate = ((records - counted) * SECOND) / (now - before);
    if (this.link) this.#watch(this.link, now);
    if (this.state === 'closed') return;
    listeners.emit('stats', this.stats());
    env.setTimeout(() => this.tick(now, records), SECOND);
  }

  #watch(link, now) {
    if (link.heardAt - this.#openedAt > STABLE_AFTER) this.#failures = this.#changes = 0;
    link.heardAt = Math.min(link.heardAt, now);
    const silent = now - link.heardAt;
    const reason = `silent for ${silent} ms`;
    const isQuiet = silent > 0.85 * link.silence;
    // Asks first: the page may have slept.
    const hasAsked = this.#pingedAt > link.heardAt && now - this.#pingedAt >= link.silence / 10;
    if (silent > link.silence && hasAsked) return link.end({ reason });
    if (this.#comeBackAt > 0 && now >= this.#comeBackAt) return link.end({ reason: 'goaway', server: true });
    if (isQuiet) this.#become('suspect', { reason });
    if (now - this.#pingedAt > PING_EVERY || (isQuiet && this.#pingedAt <= link.heardAt)) this.#ping();
    if (now >= this.#probeAt && !this.#opening) this.#open(this.#order);
    if (now >= this.#refreshAt) this.#refresh();
  }

  #ping() {
    const at = (this.#pingedAt = this.env.now());
    if (this.link.sends) this.link.request({ type: 'ping' }, () => (this.#rtt = this.env.now() - at));
  }

  #planProbe(after) {
    this.#probeAfter = Math.min(after, PROBE_AT_MOST);
    this.#probeAt = this.link.kind === this.#order[0] ? Infinity : this.env.now() + this.#probeAfter * (0.5 + this.env.random() / 2);
  }

  #askToken(reason) {
    if (this.#isAsking) return this.#token;
    this.#isAsking = true;
    const source = this.#source;
    const asked = (this.#token = (async () => (typeof source === 'function' ? source({ reason }) : source))());
    asked.then(
      () => (this.#isAsking = false),
      () => (this.#isAsking = this.#token = undefined),
    );
    return asked;
  }

  #planRefresh(expiresAt) {
    const left = expiresAt - this.env.now();
    this.#refreshAt = left > 0 ? this.env.now() + left * (0.75 + this.env.random() / 10) : Infinity;
  }

  async #refresh() {
    const { link } = this;
    const plan = ({ expiresAt }) => link === this.link && this.#planRefresh(expiresAt ?? link.welcome.expiresAt);
    this.#refreshAt = Infinity;
    try {
      const token = await this.#askToken('refresh');
      if (link.sends) link.request({ type: 'auth', token }, plan, plan);
      else this.#outdated();
    } catch (error) {
      this.listeners.emit('error', error);
      plan({});
    }
  }
}

export const internals = { eventReader, isEnvelope, isEpoch, isExact, isPattern, overlaps };
