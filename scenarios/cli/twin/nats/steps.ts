/** The steps of a script for NATS. */

/** Bursts of steps begin so long after one another. */
export const BURST_MS = 1_200;
/** Where consumers begin that are told a number or a time: the beginning of the second burst. */
export const START_SEQUENCE = 3;
export const START_BURST = 1;
/** Consumers write their state down at most so long after it changed (a tenth of a second), with room for a slow disk. */
export const WRITTEN_MS = 500;
export interface StreamOptions {
  readonly storage: 'memory' | 'file';
  readonly retention?: 'limits' | 'interest' | 'workqueue';
  readonly discard?: 'old' | 'new';
  readonly discard_new_per_subject?: boolean;
  readonly max_msgs?: number;
  readonly max_bytes?: number;
  readonly max_age?: number;
  readonly max_msgs_per_subject?: number;
  readonly max_msg_size?: number;
  readonly duplicate_window?: number;
}

export interface ConsumerOptions {
  readonly ack_policy?: 'none' | 'all' | 'explicit';
  readonly ack_wait?: number;
  readonly max_deliver?: number;
  readonly backoff?: readonly number[];
  readonly filter_subject?: string;
  readonly deliver_policy?: 'all' | 'last' | 'new' | 'last_per_subject' | 'by_start_sequence' | 'by_start_time';
  readonly max_ack_pending?: number;
  readonly replay_policy?: 'instant' | 'original';
  /** Of a push consumer: it delivers to one of so many members at a time. */
  readonly deliver_group?: string;
}

export type Settlement = 'ack' | 'nak' | 'nak delay' | 'term' | 'in progress';

/** Names are a script's own; whoever plays it makes them its own. */
export type NatsStep =
  | { readonly op: 'subscribe'; readonly connection: 0 | 1; readonly pattern: string; readonly queue?: string }
  | { readonly op: 'unsubscribe'; readonly nth: number }
  | { readonly op: 'publish core'; readonly subject: string }
  | { readonly op: 'request'; readonly subject: string }
  | { readonly op: 'stream'; readonly options: StreamOptions }
  | { readonly op: 'consumer'; readonly name: string; readonly push: boolean; readonly options: ConsumerOptions }
  | { readonly op: 'publish'; readonly subject: string; readonly bytes: number; readonly id?: string }
  | { readonly op: 'fetch'; readonly name: string; readonly batch: number }
  | {
      readonly op: 'settle';
      readonly name: string;
      readonly nth: number;
      readonly how: Settlement;
      readonly delay_ms?: number;
    }
  /** A member comes to a push consumer's deliver group, or the last that came leaves it. */
  | { readonly op: 'join' | 'leave'; readonly name: string }
  | { readonly op: 'delete consumer'; readonly name: string }
  | { readonly op: 'delete message'; readonly sequence: number }
  | { readonly op: 'purge' }
  | { readonly op: 'wait' }
  /** The server is killed and started again, when what it writes a while later is written. */
  | { readonly op: 'restart' }
  | { readonly op: 'state' };

export type NatsScript = readonly NatsStep[];
