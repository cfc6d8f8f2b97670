// Uses the whole API; it only has to compile.
import { connect, TelemetryError } from '../../../npm/telemetry.js';
import type { Gap, Position, State, Stats, Subscription, TelemetryClient, Transport } from '../../../npm/telemetry.js';

interface Load {
  load: number;
}

const client: TelemetryClient = connect(['https://one/telemetry', new URL('wss://two/telemetry')], {
  token: async ({ reason }) => (reason === 'rejected' ? 'fresh' : 'token'),
  transports: ['websocket', 'sse', 'poll'],
  onState: (state: State, { from, retryIn = 0 }) => void [state, from, retryIn.toFixed()],
  limits: { maxHeldRecords: 1, maxHeldBytes: 1, maxQueuedRecords: 1, maxPendingPublishes: 1, maxMessageBytes: 1 },
  backoff: { base: 1, max: 2 },
  env: { now: () => 0, random: () => 0 },
});
connect('/telemetry');
connect('/telemetry', { token: 'fixed' });

const simple: Subscription = client.subscribe<Load>('host.cpu', ({ seq, ts, key, data }) => void [seq + ts, key?.length, data.load]);
client.subscribe('host.>', { frames: true, mode: 'conflated', maxRate: 5 }, (records) => void records.map(({ topic }) => topic.length));
client.subscribe('a', { since: 'start' }, () => {});
client.subscribe('a', { since: { last: 5 } }, () => {});
client.subscribe('a', { since: { epoch: 'e', seq: 1 } }, () => {});
client.subscribe(
  'a.*',
  {
    since: { positions: simple.positions() },
    onSubscribed: ({ topic, head = 0 }) => void [topic, head + 1],
    onGap: ({ lost, reason }: Gap) => void [lost + 1, reason === 'expired'],
    onError: ({ code, retryable }) => void [code.length, retryable === true],
  },
  (record) => void record.topic,
);
// @ts-expect-error there is no such mode
client.subscribe('a', { mode: 'some' }, () => {});
// @ts-expect-error there is no such transport
client.use(['pigeon']);

const position: Position | undefined = simple.position() ?? simple.position('host.cpu');
const topics: string[] = simple.topics();
const isClosed: boolean = simple.closed;
simple.close();

const published: Promise<{ topic: string; epoch: string; seq: number }> = client.publish('app.orders', { open: 3 }, { key: 'eu' });
published.catch((error) => error instanceof TelemetryError && error.code);

const off: () => void = client.on('state', (state) => void state.length);
client.on('gap', (gap, subscription) => void [gap.lost, subscription.topic]);
client.on('error', (error, subscription) => void [error, subscription?.topic]);
client.on('stats', ({ recordsPerSecond, rtt = 0 }: Stats) => void (recordsPerSecond + rtt));
off();

const transport: Transport | undefined = client.stats().transport;
const state: State = client.state;
client.use(['sse']);
client.drop();
client.retry();
client.retry('token');
client.close();

export { isClosed, position, state, topics, transport };
