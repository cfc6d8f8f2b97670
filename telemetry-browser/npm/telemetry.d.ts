/** How records come: `websocket`, Server-Sent Events read by `fetch`, or long polls. */
export type Transport = 'websocket' | 'sse' | 'poll';

/**
 * What the client does:
 *
 * - `idle`: not begun; `connecting`: a link is being opened; `open`: records come;
 * - `suspect`: the server has been silent for a while, or the browser says that it is offline; it may come back to `open`;
 * - `backoff`: waits before the next attempt;
 * - `paused`: the page is hidden away (back/forward cache, frozen); it goes on when the page comes back;
 * - `unauthorized`: a fresh token was refused too, or the server forbids it; only `retry` goes on from here;
 * - `closed`: ended by `close`, or by a server that does not understand this client.
 */
export type State = 'idle' | 'connecting' | 'open' | 'suspect' | 'backoff' | 'paused' | 'unauthorized' | 'closed';

/** What is told with a state. */
export interface StateDetail {
  /** The state before. */
  readonly from: State;
  /** The transport, while there is a link. */
  readonly transport?: Transport;
  /** Why, in words. */
  readonly reason?: string;
  /** How long the client waits before the next attempt, in milliseconds; in `backoff`. */
  readonly retryIn?: number;
  /** The close code of the protocol that ended the link. */
  readonly code?: number;
  /** The HTTP status that refused it. */
  readonly status?: number;
  /** The server that welcomed the client; in `open`. */
  readonly node?: string;
}

/** A place in a topic: what to resume after. */
export interface Position {
  /** An opaque text; another one is another history. Empty where a topic has no records yet. */
  readonly epoch: string;
  /** The number of the last record, or 0. */
  readonly seq: number;
}

/** A record. The numbers of a topic's records ascend by one within an epoch. */
export interface TelemetryRecord<T = unknown> {
  readonly topic: string;
  readonly seq: number;
  /** When it was published, in milliseconds since 1970 by the server's clock. */
  readonly ts: number;
  /** What it is about within its topic, if it names that. */
  readonly key?: string;
  readonly data: T;
}

/** Records of a topic that are gone for good. */
export interface Gap {
  readonly topic: string;
  /** `expired`: dropped by the retention; `epoch-changed`: the history was lost; `rolled-back`: the store lost its newest records. */
  readonly reason: 'expired' | 'epoch-changed' | 'rolled-back';
  /** Where the records go on. */
  readonly epoch: string;
  /** Where `from` and `to` count, if that is another epoch; only of `rolled-back`. */
  readonly previousEpoch?: string;
  readonly from: number;
  readonly to: number;
  /** The number of the next record. */
  readonly next: number;
  /** How many records this subscription has lost by it. */
  readonly lost: number;
}

/** A topic or pattern that begins or goes on. For the pattern itself there is only `topic`. */
export interface Subscribed {
  readonly topic: string;
  /** The pattern that brought the topic. */
  readonly pattern?: string;
  readonly epoch?: string;
  readonly seq?: number;
  /** The newest record. */
  readonly head?: number;
  /** False if something is gone between the position that was asked for and now; a gap follows. */
  readonly recovered?: boolean;
  /** How many records of a snapshot follow. */
  readonly snapshot?: number;
}

/** Where a subscription begins; left away, it begins now. */
export type Since =
  /** Behind a position; of one topic. */
  | Position
  /** With the last records. */
  | { readonly last: number }
  /** With all that is retained. */
  | 'start'
  /** With the latest record of each key; they are handed over once all are there. */
  | 'snapshot'
  /** Behind the positions of an earlier subscription; topics that are not named were born since, and begin at their first record. */
  | { readonly positions: Readonly<Record<string, Position>> };

export interface SubscribeOptions {
  readonly since?: Since;
  /** `all` (the default) brings every record; `conflated` the latest of each key at each tick. */
  readonly mode?: 'all' | 'conflated';
  /** Ticks a second of mode `conflated`; above 0, at most 1,000, by default 10. */
  readonly maxRate?: number;
  /** Whether the listener is called once an animation frame, with the latest record of each topic and key. */
  readonly frames?: boolean;
  /** A topic begins or goes on. */
  readonly onSubscribed?: (subscribed: Subscribed) => void;
  /** Records are gone. */
  readonly onGap?: (gap: Gap) => void;
  /** The server does not serve this subscription, or not any more; it is closed. */
  readonly onError?: (error: TelemetryError) => void;
}

/** A subscription to a topic or pattern. */
export interface Subscription {
  readonly topic: string;
  /** Whether it has ended, by `close` or by the server. */
  readonly closed: boolean;
  /** Ends it; the listener is not called any more. */
  close(): void;
  /** The position behind the last record that was handed over, of a topic (by default the one that is subscribed), if it has any. */
  position(topic?: string): Position | undefined;
  /** All positions, by topic: what a later subscription may begin with, as `since: { positions }`. */
  positions(): Record<string, Position>;
  /** The topics that have a position. */
  topics(): string[];
}

/** Counts since the client was made, but for the last four. */
export interface Stats {
  /** Records handed over, once for each subscription. */
  readonly records: number;
  /** Records that were missing and asked for. */
  readonly repaired: number;
  /** Records that are gone for good, as told by gaps. */
  readonly lost: number;
  readonly gaps: number;
  /** Records that came again, and were dropped. */
  readonly duplicates: number;
  /** Records that were dropped since too many keys waited for an animation frame. */
  readonly dropped: number;
  /** Messages of the server that were not understood; each ends its link. */
  readonly malformed: number;
  /** Links that were opened after one was lost. */
  readonly reconnects: number;
  /** Changes from one transport to another without a break. */
  readonly takeOvers: number;
  readonly state: State;
  readonly transport?: Transport;
  /** The last round trip, in milliseconds; over HTTP that of opening the link. */
  readonly rtt?: number;
  /** Records a second, lately. */
  readonly recordsPerSecond: number;
}

/** Why a token is asked for. */
export interface TokenRequest {
  /** `connect`: for the first time; `refresh`: the one before expires soon; `rejected`: the server refused it. */
  readonly reason: 'connect' | 'refresh' | 'rejected';
}

export interface Limits {
  /** Records of a topic held back while missing ones are asked for; beyond, the topic begins anew. 1,000. */
  readonly maxHeldRecords?: number;
  /** The same in characters of JSON. 4 M. */
  readonly maxHeldBytes?: number;
  /** Records that wait for an animation frame, of a subscription; beyond, the key that was silent for longest is dropped. 10,000. */
  readonly maxQueuedRecords?: number;
  /** Published records without an acknowledgement; beyond, `publish` rejects with `TOO_MANY_REQUESTS`. 1,024. */
  readonly maxPendingPublishes?: number;
  /** Characters of a message of the server; beyond, the link is replaced. 16 M. */
  readonly maxMessageBytes?: number;
}

/** What comes from outside; for tests, and for platforms that lack something. By default all of it is the platform's. */
export interface Environment {
  readonly WebSocket?: new (url: string, protocols: string[]) => any;
  readonly fetch?: typeof fetch;
  readonly setTimeout?: (task: () => void, ms: number) => any;
  readonly requestAnimationFrame?: (draw: () => void) => any;
  readonly reportError?: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** From 0 to 1, 1 excluded. */
  readonly random?: () => number;
  readonly document?: any;
  readonly window?: any;
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'>;
}

export interface ConnectOptions {
  /** A token, or a function that gives one whenever a fresh one is needed. */
  readonly token?: string | ((request: TokenRequest) => string | Promise<string>);
  /** Which transports may be used, the best first; by default all. */
  readonly transports?: readonly Transport[];
  readonly onState?: (state: State, detail: StateDetail) => void;
  readonly limits?: Limits;
  /** The wait before attempt n: a random part of `min(max, base × 2ⁿ)`, in milliseconds; 500 and 30,000. */
  readonly backoff?: { readonly base?: number; readonly max?: number };
  readonly env?: Environment;
}

/** A client of one server or cluster; made by `connect`. */
export interface TelemetryClient {
  readonly state: State;

  /**
   * Subscribes to a topic, or to a pattern such as `host.>` or `host.*.load`.
   *
   * @param listener is called for each record, in the order of each topic
   * @throws TelemetryError `BAD_TOPIC` if it is neither
   */
  subscribe<T = unknown>(topic: string, listener: (record: TelemetryRecord<T>) => void): Subscription;
  subscribe<T = unknown>(
    topic: string,
    options: SubscribeOptions & { readonly frames: true },
    listener: (records: TelemetryRecord<T>[]) => void,
  ): Subscription;
  subscribe<T = unknown>(
    topic: string,
    options: SubscribeOptions & { readonly frames?: false },
    listener: (record: TelemetryRecord<T>) => void,
  ): Subscription;

  /**
   * Publishes a record. It waits for a link; one that was sent when the link was lost rejects, since nobody knows whether it is stored.
   *
   * @param data any JSON value
   * @returns where the record is stored; rejects with a `TelemetryError`
   */
  publish(topic: string, data: unknown, options?: { readonly key?: string }): Promise<{ topic: string } & Position>;

  /** Calls a listener for an event, until the function that is returned is called. */
  on(event: 'state', listener: (state: State, detail: StateDetail) => void): () => void;
  /** Records of a subscription are gone. */
  on(event: 'gap', listener: (gap: Gap, subscription: Subscription) => void): () => void;
  /** Something failed: the server, a token provider, or a listener, by what that has thrown. */
  on(event: 'error', listener: (error: unknown, subscription?: Subscription) => void): () => void;
  /** Once a second. */
  on(event: 'stats', listener: (stats: Stats) => void): () => void;

  stats(): Stats;
  /** Allows only these transports from now on, the best first, and goes over to them without losing a record. */
  use(transports: readonly Transport[]): void;
  /** Cuts the link as a network would; the client reconnects and resumes. */
  drop(): void;
  /** Tries again at once, with another token if one is given; the way out of `unauthorized`. */
  retry(token?: ConnectOptions['token']): void;
  /** Ends the client for good. */
  close(): void;
}

/**
 * Connects to a server, and stays connected until `close()`.
 *
 * @param url the server's base, such as `https://host/telemetry`, or relative to the document, such as `/telemetry`; an array are the
 *     nodes of a cluster, tried in turn
 */
export function connect(url: string | URL | readonly (string | URL)[], options?: ConnectOptions): TelemetryClient;

/** What went wrong, by an error code of the protocol. */
export class TelemetryError extends Error {
  constructor(code: string, message: string, retryable?: boolean);
  readonly code: string;
  /** Whether the same may succeed later. */
  readonly retryable: boolean;
}
