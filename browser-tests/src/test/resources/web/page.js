// What a test sees of the browser client: it connects, subscribes, and keeps account of what its listeners are told.
import { connect } from '../telemetry/telemetry.js';

/** What one subscription was told of one topic. Every record carries its own number, so that its data is checked too. */
class Account {
  first = 0;
  last = 0;
  records = 0;
  lost = 0;
  epochChanges = 0;
  faults = [];
  gaps = [];

  record({ seq, data }) {
    if (!this.records && !this.gaps.length) this.first = seq;
    else if (seq !== this.last + 1) this.fault(`${seq} behind ${this.last}`);
    if (data.n !== seq) this.fault(`${seq} has the data of ${data.n}`);
    this.last = seq;
    this.records++;
  }

  gap(gap) {
    if (gap.reason === 'expired' && gap.from !== this.last + 1) this.fault(`a gap from ${gap.from} behind ${this.last}`);
    if (gap.reason !== 'expired') this.epochChanges++;
    this.last = gap.next - 1;
    this.lost += gap.lost;
    this.gaps.push(gap);
  }

  fault(what) {
    if (this.faults.length < 10) this.faults.push(what);
  }
}

const page = {
  client: undefined,
  /** What the client is given when it asks for a token: the next of these, and then always this one. */
  tokens: [],
  token: undefined,
  tokensAsked: 0,
  /** How far the client's clock is ahead, in milliseconds: a test lets time pass by it. */
  ahead: 0,
  states: [],
  /** By the topic or pattern that is subscribed, and the topic. */
  accounts: {},
  errors: [],
  violations: [],
  events: [],

  connect(options = {}) {
    if (this.tokens.length || this.token) {
      options.token = async () => {
        this.tokensAsked++;
        if (this.tokens.length) this.token = this.tokens.shift();
        return this.token;
      };
    }
    options.env = { now: () => Date.now() + this.ahead };
    this.client = connect('/telemetry', options);
    this.client.on('state', (state) => this.states.push(state));
    this.client.on('error', (error) => this.errors.push(String(error)));
  },

  subscribe(pattern, since = 'start') {
    const account = (topic) => (this.accounts[`${pattern} ${topic}`] ??= new Account());
    const onGap = (gap) => account(gap.topic).gap(gap);
    this.client.subscribe(pattern, { since, onGap }, (record) => account(record.topic).record(record));
  },

  /** For the message of a test that fails. */
  summary() {
    return { state: this.client?.state, stats: this.client?.stats(), accounts: this.accounts, errors: this.errors, states: this.states };
  },
};

document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  page.violations.push(`${effectiveDirective} ${blockedURI}`);
});
for (const name of ['freeze', 'resume', 'visibilitychange']) {
  document.addEventListener(name, () => page.events.push(name === 'visibilitychange' ? document.visibilityState : name));
}
for (const name of ['pagehide', 'pageshow']) {
  addEventListener(name, ({ persisted }) => page.events.push(persisted ? `${name} persisted` : name));
}
for (const name of ['online', 'offline']) addEventListener(name, () => page.events.push(name));

globalThis.page = page;
