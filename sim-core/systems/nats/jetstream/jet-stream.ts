/**
 * A JetStream stream: keeps what is published under its subjects until a limit, or the last consumer that needs it, lets it
 * go. https://docs.nats.io/nats-concepts/jetstream/streams ; `server/stream.go` and `memstore.go` of nats-server 2.9
 *
 * Whoever publishes is told the message's number, or that it was refused. A second message with an id that was seen within
 * the duplicate window is acknowledged with the number of the first, and not stored. Without a limit a stream has no bound.
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Time } from '../../../kernel/time.ts';
import type { Fate } from '../../../messaging/fates.ts';
import type { Death } from '../../../storage/page-cache.ts';
import { subjectMatches } from '../subject.ts';
import {
  checkConsumer,
  checkStream,
  DEFAULT_DUPLICATE_WINDOW,
  JetStreamError,
  type ConsumerConfiguration,
  type StreamConfiguration,
} from './configuration.ts';
import { JetStreamConsumer } from './consumer.ts';
import { Disk, type SyncInterval } from './disk.ts';
import { MessageStore, storedBytes, type StoredMessage } from './message-store.ts';

export interface Published<Payload> {
  readonly subject: string;
  readonly payload: Payload;
  /** Bytes of headers and payload. */
  readonly bytes: number;
  /** `Nats-Msg-Id`. */
  readonly id?: string;
}

export interface PublishAck {
  readonly sequence: number;
  readonly duplicate: boolean;
}

export class JetStream<Payload> {
  readonly name: string;
  readonly configuration: StreamConfiguration;
  readonly store = new MessageStore<Payload>();
  readonly consumers = new Map<string, JetStreamConsumer<Payload>>();
  readonly disk: Disk;
  private readonly sim: Simulation;
  private readonly ids = new Map<string, { readonly sequence: number; readonly at: Time }>();
  private ageTimer: EventHandle | undefined;
  private isUp = true;
  /** Whether it has read the ids of its messages since it was killed. */
  private knowsIds = true;
  private readonly ageKind: number;

  constructor(sim: Simulation, configuration: StreamConfiguration, syncInterval?: SyncInterval) {
    checkStream(configuration);
    this.disk = new Disk(sim.now, syncInterval);
    this.sim = sim;
    this.name = configuration.name;
    this.ageKind = sim.eventKind(`${this.name} has a message of its greatest age`);
    this.configuration = configuration;
  }

  get keepsFiles(): boolean {
    return (this.configuration.storage ?? 'file') === 'file';
  }

  listensTo(subject: string): boolean {
    return this.configuration.subjects.some((pattern) => subjectMatches(pattern, subject));
  }

  /** Stores a message. Throws a `JetStreamError` if it is refused. */
  publish({ subject, payload, bytes, id }: Published<Payload>): PublishAck {
    if (!this.isUp) throw new Error(`${this.name}: nobody answers, its server is down`);
    const { maxMessageBytes = Infinity, retention } = this.configuration;
    if (id !== undefined && !this.knowsIds) this.readIds();
    const known = id === undefined ? undefined : this.knownId(id);
    if (known !== undefined) return { sequence: known, duplicate: true };
    if (bytes > maxMessageBytes) throw new JetStreamError('message size exceeds maximum allowed');
    if (retention === 'interest' && ![...this.consumers.values()].some((consumer) => consumer.matches(subject))) {
      // Nobody needs it, so it is not stored. The number that its id is remembered with is the server's own: none.
      this.remember(id, 0);
      const skipped = this.store.skip();
      if (this.keepsFiles) this.disk.wrote(this.sim.now, skipped);
      return { sequence: skipped, duplicate: false };
    }
    this.refuseAtLimits(subject, bytes);
    const message = this.store.add({ subject, payload, bytes, storedAt: this.sim.now });
    if (this.keepsFiles) this.disk.wrote(this.sim.now, message.sequence);
    this.remember(id, message.sequence);
    for (const consumer of this.consumers.values()) consumer.stored(message);
    this.enforceLimits(subject);
    this.setAgeTimer();
    for (const consumer of this.consumers.values()) consumer.wake(subject);
    return { sequence: message.sequence, duplicate: false };
  }

  addConsumer(configuration: ConsumerConfiguration): JetStreamConsumer<Payload> {
    checkConsumer(configuration, this.configuration.retention ?? 'limits');
    this.refuseConsumer(configuration);
    const consumer = new JetStreamConsumer(this.sim, this, configuration);
    this.consumers.set(consumer.name, consumer);
    return consumer;
  }

  /** Takes a consumer out; under `interest`, with it goes what no other one needs. */
  deleteConsumer(name: string): boolean {
    const consumer = this.consumers.get(name);
    if (consumer === undefined) return false;
    consumer.close();
    this.consumers.delete(name);
    if (this.configuration.retention === 'interest') {
      const unneeded = [...this.store.all()].filter((message) => !this.isNeeded(message));
      for (const { sequence } of unneeded) this.remove(sequence, 'acknowledged');
    }
    return true;
  }

  /** Removes one message by its number. */
  deleteMessage(sequence: number): boolean {
    return this.remove(sequence, 'dropped');
  }

  /** Removes all messages; gives how many there were. */
  purge(): number {
    for (const consumer of this.consumers.values()) consumer.purged(this.store.lastSequence + 1);
    return this.store.purge();
  }

  /** A consumer is done with a message. */
  acknowledged(sequence: number): void {
    const { retention = 'limits' } = this.configuration;
    if (retention === 'limits') return;
    const message = this.store.get(sequence);
    if (message === undefined) return;
    if (retention === 'workqueue' || !this.isNeeded(message)) this.remove(sequence, 'acknowledged');
  }

  /**
   * The server died. In files every message is that it had answered for, and its id; with the machine goes what was not on disk,
   * and numbers are given again. Out of memory all is gone, and so are the stream and its consumers, until somebody makes them
   * again: this one is then as if it were new. Of what was removed nothing is there again, whatever was on disk.
   */
  crash(death: Death = 'process'): void {
    this.isUp = false;
    if (this.ageTimer !== undefined) this.sim.cancel(this.ageTimer);
    this.ageTimer = undefined;
    if (this.keepsFiles) {
      this.knowsIds = false;
      const by = death === 'machine' ? this.disk.syncedBy(this.sim.now) : Infinity;
      if (death === 'machine') this.loseSince(by);
      for (const consumer of this.consumers.values()) consumer.crash(by);
      this.disk.stopped(this.sim.now);
      return;
    }
    for (const consumer of this.consumers.values()) consumer.close('lost');
    this.consumers.clear();
    this.ids.clear();
    this.store.clear();
  }

  /** The server is up again: what has grown too old meanwhile goes at once. */
  recover(): void {
    this.isUp = true;
    this.disk.started(this.sim.now);
    this.setAgeTimer();
    for (const consumer of this.consumers.values()) consumer.recover();
  }

  violations(): readonly string[] {
    const broken = [...this.consumers.values()].flatMap((consumer) => consumer.violations(this.name));
    const { maxMessages = Infinity, maxBytes = Infinity } = this.configuration;
    if (this.store.count > maxMessages)
      broken.push(`${this.name}: ${this.store.count} messages, more than ${maxMessages}`);
    if (this.store.bytes > maxBytes) broken.push(`${this.name}: ${this.store.bytes} bytes, more than ${maxBytes}`);
    return broken;
  }

  private loseSince(by: Time): void {
    const lost = [...this.store.all()].filter(({ storedAt }) => storedAt >= by);
    for (const { sequence } of lost) this.remove(sequence, 'lost');
    this.store.cutBack(this.disk.lostSince(by));
    for (const [id, { at }] of this.ids) if (at >= by) this.ids.delete(id);
  }

  /** With the first id that it is given: that of a message that has gone by then is not known any more (seen of 2.9.10). */
  private readIds(): void {
    this.knowsIds = true;
    for (const [id, { sequence }] of this.ids) if (this.store.get(sequence) === undefined) this.ids.delete(id);
  }

  private isNeeded(message: StoredMessage<Payload>): boolean {
    return [...this.consumers.values()].some((consumer) => consumer.needs(message));
  }

  private remove(sequence: number, fate: Fate): boolean {
    const message = this.store.remove(sequence);
    if (message === undefined) return false;
    for (const consumer of this.consumers.values()) consumer.removed(message, fate);
    return true;
  }

  private refuseAtLimits(subject: string, bytes: number): void {
    const { discard, discardNewPerSubject, maxMessagesPerSubject = Infinity } = this.configuration;
    if (discard !== 'new') return;
    const { maxMessages = Infinity, maxBytes = Infinity } = this.configuration;
    // The subject's oldest message will make room.
    const replaces = this.store.countOf(subject) >= maxMessagesPerSubject;
    if (replaces && discardNewPerSubject === true) throw new JetStreamError('maximum messages per subject exceeded');
    if (this.store.count >= maxMessages && !replaces) throw new JetStreamError('maximum messages exceeded');
    if (this.store.bytes + bytes < maxBytes) return;
    if (!replaces || storedBytes(this.store.oldestOf(subject)!) < bytes)
      throw new JetStreamError('maximum bytes exceeded');
  }

  private enforceLimits(subject: string): void {
    const { maxMessages = Infinity, maxBytes = Infinity, maxMessagesPerSubject = Infinity } = this.configuration;
    const { store } = this;
    while (store.countOf(subject) > maxMessagesPerSubject) this.remove(store.oldestOf(subject)!.sequence, 'dropped');
    while (store.count > maxMessages || store.bytes > maxBytes) this.remove(store.firstSequence, 'dropped');
  }

  private knownId(id: string): number | undefined {
    const { maxAge = Infinity, duplicateWindow = Math.min(DEFAULT_DUPLICATE_WINDOW, maxAge) } = this.configuration;
    for (const [old, { at }] of this.ids) {
      if (this.sim.now - at < duplicateWindow) break;
      this.ids.delete(old);
    }
    return this.ids.get(id)?.sequence;
  }

  private remember(id: string | undefined, sequence: number): void {
    if (id !== undefined) this.ids.set(id, { sequence, at: this.sim.now });
  }

  private setAgeTimer(): void {
    const { maxAge } = this.configuration;
    const { oldest } = this.store;
    if (maxAge === undefined || oldest === undefined || this.ageTimer !== undefined) return;
    this.ageTimer = this.sim.schedule(
      Math.max(0, oldest.storedAt + maxAge - this.sim.now),
      () => {
        this.ageTimer = undefined;
        while (this.store.oldest !== undefined && this.store.oldest.storedAt + maxAge <= this.sim.now) {
          this.remove(this.store.firstSequence, 'expired');
        }
        this.setAgeTimer();
      },
      undefined,
      this.ageKind,
    );
  }

  private refuseConsumer({ ackPolicy = 'explicit', filter, deliverPolicy = 'all' }: ConsumerConfiguration): void {
    if (this.configuration.retention !== 'workqueue') return;
    if (ackPolicy !== 'explicit') throw new JetStreamError('workqueue stream requires explicit ack');
    const others = [...this.consumers.values()].map(({ configuration }) => configuration.filter);
    if (others.length > 0) {
      if (filter === undefined)
        throw new JetStreamError('multiple non-filtered consumers not allowed on workqueue stream');
      const overlaps = (other: string | undefined): boolean =>
        other === undefined || subjectMatches(other, filter) || subjectMatches(filter, other);
      if (others.some(overlaps)) throw new JetStreamError('filtered consumer not unique on workqueue stream');
    }
    if (deliverPolicy !== 'all') throw new JetStreamError('consumer must be deliver all on workqueue stream');
  }
}
