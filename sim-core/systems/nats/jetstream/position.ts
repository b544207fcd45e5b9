/**
 * Where a consumer is in its stream: the first message it has not looked at, and before that, with `last_per_subject`, the
 * last message that each subject had when it began.
 */
import { subjectMatches } from '../subject.ts';
import type { ConsumerConfiguration } from './configuration.ts';
import type { MessageStore, StoredMessage } from './message-store.ts';
import { startOf } from './start.ts';

export class StreamPosition<Payload> {
  private readonly store: MessageStore<Payload>;
  private readonly filter: string | undefined;
  private skipTo: number[];
  /** Where it goes on after those. */
  private readonly resume: number;
  private first: number;

  constructor(store: MessageStore<Payload>, configuration: ConsumerConfiguration) {
    this.store = store;
    this.filter = configuration.filter;
    const { first, skipTo } = startOf(store, configuration);
    this.first = first;
    this.skipTo = skipTo;
    this.resume = skipTo.length > 0 ? store.lastSequence : 0;
  }

  /** The first message that was not looked at yet. */
  get next(): number {
    return this.first;
  }

  /** Messages still to come that are there. */
  get count(): number {
    return this.skipTo.length + this.store.countFrom(this.filter, this.afterSkipTo);
  }

  matches(subject: string): boolean {
    return this.filter === undefined || subjectMatches(this.filter, subject);
  }

  /** Whether a message is still to come. */
  isAhead({ sequence, subject }: StoredMessage<unknown>): boolean {
    return this.skipTo.includes(sequence) || (sequence >= this.afterSkipTo && this.matches(subject));
  }

  /** The message that comes next; where there is none, all has been looked at. */
  look(): StoredMessage<Payload> | undefined {
    const message = this.store.next(this.filter, this.skipTo[0] ?? this.first);
    if (message === undefined) this.goTo(this.store.lastSequence + 1);
    return message;
  }

  /** Goes past a message that `look` gave. */
  pass({ sequence }: StoredMessage<Payload>): void {
    if (this.skipTo.shift() !== undefined && this.skipTo.length === 0) this.goTo(this.resume);
    this.goTo(sequence + 1);
  }

  /** A message is not there any more. */
  forget(sequence: number): void {
    this.skipTo = this.skipTo.filter((each) => each !== sequence);
  }

  /** All messages below a number are gone. */
  purged(first: number): void {
    this.skipTo = [];
    this.goTo(first);
  }

  /** Goes on from a message. Which were the last of their subjects when it began, no file has. */
  restart(first: number): void {
    this.skipTo = [];
    this.first = first;
  }

  private goTo(sequence: number): void {
    this.first = Math.max(this.first, sequence);
  }

  private get afterSkipTo(): number {
    return this.skipTo.length > 0 ? Math.max(this.resume + 1, this.first) : this.first;
  }
}
