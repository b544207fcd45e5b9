/**
 * The messages of a JetStream stream, by sequence number, as its memory storage keeps them: what is removed leaves its number
 * behind, and the bytes of a message are those of its subject, headers and payload and 16 more.
 */
import type { Time } from '../../../kernel/time.ts';
import { subjectMatches } from '../subject.ts';

export interface StoredMessage<Payload> {
  readonly sequence: number;
  readonly subject: string;
  readonly payload: Payload;
  /** Bytes of headers and payload. */
  readonly bytes: number;
  readonly storedAt: Time;
}

const OVERHEAD_BYTES = 16;
export const storedBytes = ({ subject, bytes }: { readonly subject: string; readonly bytes: number }): number =>
  subject.length + bytes + OVERHEAD_BYTES;

/** What is kept of a subject for as long as it has messages. */
interface OfSubject {
  readonly sequences: Set<number>;
  /**
   * The last that was added. It stays that when it is removed before others: the server found a subject's first message anew
   * then, its last one not (`lastNeedsUpdate` came with https://github.com/nats-io/nats-server/pull/6226).
   */
  last: number;
}

export class MessageStore<Payload> {
  /** In order of their numbers, since they are added in it. */
  private readonly messages = new Map<number, StoredMessage<Payload>>();
  private readonly bySubject = new Map<string, OfSubject>();
  private first = 0;
  private last = 0;
  private held = 0;

  get count(): number {
    return this.messages.size;
  }

  get bytes(): number {
    return this.held;
  }

  get lastSequence(): number {
    return this.last;
  }

  /** The number of the oldest message; one above the last where there is none any more, 0 where there never was one. */
  get firstSequence(): number {
    return this.first;
  }

  get oldest(): StoredMessage<Payload> | undefined {
    return this.messages.get(this.first);
  }

  get(sequence: number): StoredMessage<Payload> | undefined {
    return this.messages.get(sequence);
  }

  countOf(subject: string): number {
    return this.bySubject.get(subject)?.sequences.size ?? 0;
  }

  /** The oldest message of a subject. */
  oldestOf(subject: string): StoredMessage<Payload> | undefined {
    const [sequence] = this.bySubject.get(subject)?.sequences ?? [];
    return sequence === undefined ? undefined : this.messages.get(sequence);
  }

  add(message: Omit<StoredMessage<Payload>, 'sequence'>): StoredMessage<Payload> {
    const stored = { ...message, sequence: ++this.last };
    if (this.messages.size === 0) this.first = stored.sequence;
    this.messages.set(stored.sequence, stored);
    this.held += storedBytes(stored);
    const ofSubject = this.bySubject.get(stored.subject) ?? { sequences: new Set(), last: 0 };
    ofSubject.sequences.add(stored.sequence);
    ofSubject.last = stored.sequence;
    this.bySubject.set(stored.subject, ofSubject);
    return stored;
  }

  /** Uses up a number without a message. */
  skip(): number {
    this.last++;
    if (this.messages.size === 0) this.first = this.last + 1;
    return this.last;
  }

  remove(sequence: number): StoredMessage<Payload> | undefined {
    const message = this.messages.get(sequence);
    if (message === undefined) return undefined;
    this.messages.delete(sequence);
    this.held -= storedBytes(message);
    const { sequences } = this.bySubject.get(message.subject)!;
    sequences.delete(sequence);
    if (sequences.size === 0) this.bySubject.delete(message.subject);
    if (sequence === this.first) {
      const [next] = this.messages.keys();
      this.first = next ?? this.last + 1;
    }
    return message;
  }

  /** Removes all messages; gives how many there were. */
  purge(): number {
    const count = this.messages.size;
    this.messages.clear();
    this.bySubject.clear();
    this.held = 0;
    this.first = this.last + 1;
    return count;
  }

  /** All messages are gone and so are their numbers. */
  clear(): void {
    this.purge();
    this.first = this.last = 0;
  }

  /** No number above this one was ever given; messages above it are gone already. */
  cutBack(last: number): void {
    this.last = last;
    if (this.messages.size === 0) this.first = last === 0 ? 0 : last + 1;
  }

  /** The first message from a number on that a filter matches. */
  next(filter: string | undefined, from: number): StoredMessage<Payload> | undefined {
    for (let sequence = Math.max(from, this.first); sequence <= this.last; sequence++) {
      const message = this.messages.get(sequence);
      if (message !== undefined && matches(filter, message)) return message;
    }
    return undefined;
  }

  /** Messages from a number on that a filter matches. */
  countFrom(filter: string | undefined, from: number): number {
    let count = 0;
    for (const message of this.messages.values()) if (message.sequence >= from && matches(filter, message)) count++;
    return count;
  }

  /** The number of the last message that was added of each subject that a filter matches and that has any, in order. */
  lastOfSubjects(filter: string | undefined): number[] {
    const lasts: number[] = [];
    for (const [subject, { last }] of this.bySubject) {
      if (filter === undefined || subjectMatches(filter, subject)) lasts.push(last);
    }
    return lasts.sort((a, b) => a - b);
  }

  all(): Iterable<StoredMessage<Payload>> {
    return this.messages.values();
  }
}

const matches = (filter: string | undefined, { subject }: { readonly subject: string }): boolean =>
  filter === undefined || subjectMatches(filter, subject);
