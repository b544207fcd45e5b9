/**
 * Conservation in a queue with a visibility timeout: whoever receives, forgets to delete, deletes late or twice, hides for
 * longer or shows again, or has dead letters moved back, each message has one fate, and a plain list of messages with the times until which they are hidden
 * says the same of each. Duplicates that a FIFO queue does not store are counted apart. In a FIFO queue the order of each group
 * holds over all deliveries, first ones and others.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { QueueBooks } from '../../../../sim-core/messaging/channels/queue-books.ts';
import { VisibilityQueue } from '../../../../sim-core/messaging/channels/visibility-queue.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { ReadyLine } from '../../../../sim-core/messaging/channels/ready-line.ts';
import { deedsOf } from '../../../deeds.ts';

afterEach(() => void vi.restoreAllMocks());

const VISIBILITY = 30;
const RETENTION = 200;
const RECEIVES_MAX = 2;
const WINDOW = 300;
/** What is sent again is no duplicate: ids that nobody else sends. */
const MOVED = 1000;

/** A message as a plain list has it: times in seconds. */
interface Listed {
  readonly content: number;
  readonly group: string;
  readonly expires: number;
  /** Received and not visible again: with this receipt, until then. */
  hiddenUntil: number;
  receipt: number;
  receives: number;
}

function agree(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected))
    throw new Error(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

const FATES = ['ready', 'in-flight', 'acknowledged', 'dead-lettered', 'expired'] as const;

class Lab {
  private readonly sim = new Simulation();
  private readonly queue: VisibilityQueue;
  private readonly office: VisibilityQueue;
  private readonly fifo: boolean;
  private readonly limited: boolean;
  private readonly list: Listed[] = [];
  private readonly ended = { acknowledged: 0, 'dead-lettered': 0, expired: 0 };
  private readonly receipts: number[] = [];
  /** When an id was seen that was accepted. */
  private readonly seen = new Map<string, number>();
  private sent = 0;
  private duplicates = 0;
  private movedBack = 0;

  constructor(fifo: boolean, limited: boolean) {
    this.fifo = fifo;
    this.limited = limited;
    const options = { fifo, visibility: s(VISIBILITY), retention: s(RETENTION), delay: 0, receivesMax: Infinity };
    this.office = new VisibilityQueue(this.sim, { ...options, fifo: false, name: 'dead', deadLetters: undefined });
    this.queue = new VisibilityQueue(this.sim, {
      ...options,
      name: 'q',
      receivesMax: limited ? RECEIVES_MAX : Infinity,
      deadLetters: (message) => (this.office.send(message) ? 'sent' : 'no queue'),
    });
  }

  private get now(): number {
    return this.sim.now / s(1);
  }

  send(group: string, id: number): void {
    const content = this.sent++;
    const deduplication = `${id}`;
    const message = makeMessage({ request: new RequestContext(content, this.sim.now), content, sent: this.sim.now });
    const stored = this.queue.send(message, { group, deduplication });
    const isDuplicate = this.fifo && this.now - (this.seen.get(deduplication) ?? -Infinity) < WINDOW;
    agree('stored', stored, !isDuplicate);
    if (!isDuplicate) this.seen.set(deduplication, this.now);
    if (isDuplicate) this.duplicates++;
    else this.list.push({ content, group, expires: this.now + RETENTION, hiddenUntil: 0, receipt: 0, receives: 0 });
  }

  /** Moves the oldest dead letter back: it is a new message. */
  moveBack(): void {
    const oldest = [...this.office.copies].find(({ expires }) => expires > this.sim.now)?.message;
    const moved: unknown[] = [];
    const isMoved = this.office.moveFirst(({ content }) => {
      moved.push(content);
      this.send('a', MOVED + this.sent);
    });
    agree('moved', [isMoved, moved], oldest === undefined ? [false, []] : [true, [oldest.content]]);
    this.movedBack += moved.length;
  }

  receive(max: number): void {
    const expected = this.expected(max);
    const received = this.queue.receive(max);
    const told = received.map(({ message, receives }) => [message.content, receives]);
    agree(
      'received',
      told,
      expected.map(({ content, receives }) => [content, receives]),
    );
    for (const [i, { receipt }] of received.entries()) expected[i].receipt = receipt;
    this.receipts.push(...received.map(({ receipt }) => receipt));
  }

  delete(pick: number): void {
    const receipt = this.receipts[pick % this.receipts.length];
    if (receipt === undefined) return;
    // A receipt of a FIFO queue ends with the time for which it hides its message.
    const isGood = (each: Listed): boolean => !this.fifo || each.hiddenUntil > this.now;
    const at = this.list.findIndex((each) => each.receipt === receipt && isGood(each));
    agree('deleted', this.queue.delete(receipt), at >= 0);
    if (at >= 0) this.end(this.list[at], 'acknowledged');
  }

  change(pick: number, seconds: number): void {
    const receipt = this.receipts[pick % this.receipts.length];
    if (receipt === undefined) return;
    const held = this.list.find((each) => each.receipt === receipt && each.hiddenUntil > this.now);
    agree('changed', this.queue.changeVisibility(receipt, s(seconds)), held !== undefined);
    if (held !== undefined) held.hiddenUntil = this.now + seconds;
    // At once is at the end of this instant.
    this.elapse(0);
  }

  /** What is due then has happened. */
  elapse(seconds: number): void {
    this.sim.runUntil(this.sim.now + s(seconds) + 1);
    for (const each of this.list.slice()) {
      // What is kept for long enough goes at the end of that second; what is out then when it would be visible again.
      const goes = each.hiddenUntil > each.expires ? each.hiddenUntil : Math.ceil(each.expires);
      if (goes < this.now) this.end(each, 'expired');
    }
  }

  /** What does not agree with the list. */
  audit(): string[] {
    const wrong = [...this.queue.violations(), ...this.office.violations()];
    const inFlight = this.list.filter(({ hiddenUntil }) => hiddenUntil > this.now).length;
    const counts = { ...this.ended, 'in-flight': inFlight, ready: this.list.length - inFlight };
    for (const fate of FATES)
      if (this.queue.fates.count(fate) !== counts[fate])
        wrong.push(`${fate}: ${this.queue.fates.count(fate)}, not ${counts[fate]}`);
    if (this.office.fates.count('acknowledged') !== this.movedBack)
      wrong.push('a dead letter is moved back and is not gone');
    const { total } = this.queue.fates;
    if (total !== this.sent - this.duplicates)
      wrong.push(`${total} of ${this.sent} sent, ${this.duplicates} duplicates`);
    if (this.office.fates.total !== this.ended['dead-lettered']) wrong.push('a dead letter that did not arrive');
    return wrong;
  }

  /** What a receive gets, oldest first; what it comes upon on the way may be at its end. */
  private expected(max: number): Listed[] {
    const outBefore = new Set(this.list.filter(({ hiddenUntil }) => hiddenUntil > this.now).map(({ group }) => group));
    const got: Listed[] = [];
    for (const each of this.list.slice()) {
      if (got.length === max) break;
      if (each.hiddenUntil > this.now || (this.fifo && outBefore.has(each.group))) continue;
      if (each.expires <= this.now) this.end(each, 'expired');
      else if (this.limited && each.receives === RECEIVES_MAX) this.end(each, 'dead-lettered');
      else {
        each.receives++;
        each.hiddenUntil = this.now + VISIBILITY;
        got.push(each);
      }
    }
    return got;
  }

  private end(listed: Listed, how: keyof Lab['ended']): void {
    this.list.splice(this.list.indexOf(listed), 1);
    this.ended[how]++;
  }
}

const doing = deedsOf<Lab>();
const deed = fc.oneof(
  {
    weight: 3,
    arbitrary: doing(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(40)), (lab, group, id) => lab.send(group, id)),
  },
  { weight: 3, arbitrary: doing(fc.tuple(fc.integer({ min: 1, max: 4 })), (lab, max) => lab.receive(max)) },
  { weight: 2, arbitrary: doing(fc.tuple(fc.nat(9)), (lab, pick) => lab.delete(pick)) },
  { weight: 1, arbitrary: doing(fc.tuple(), (lab) => lab.moveBack()) },
  { weight: 1, arbitrary: doing(fc.tuple(fc.nat(9), fc.nat(50)), (lab, pick, seconds) => lab.change(pick, seconds)) },
  { weight: 2, arbitrary: doing(fc.tuple(fc.integer({ min: 0, max: 40 })), (lab, seconds) => lab.elapse(seconds)) },
);

const conserves = fc.property(fc.boolean(), fc.boolean(), fc.array(deed, { maxLength: 50 }), (fifo, limited, todo) => {
  const lab = new Lab(fifo, limited);
  for (const act of todo) {
    act(lab);
    const wrong = lab.audit();
    if (wrong.length > 0) throw new Error(wrong.join('; '));
  }
});

it('has one fate for every message, which a plain list gives it as well', () => {
  fc.assert(conserves, { numRuns: 300 });
});

const FAULTS: Record<string, () => void> = {
  'shows again at the end of the line what was not deleted': () => {
    const { add } = ReadyLine.prototype;
    let end = 1e9;
    vi.spyOn(ReadyLine.prototype, 'add').mockImplementation(function (this: ReadyLine, copy) {
      if (copy.returns > 0) copy.place = ++end;
      add.call(this, copy);
    });
  },
  'counts no receive': () => {
    const { handOver } = QueueBooks.prototype;
    vi.spyOn(QueueBooks.prototype, 'handOver').mockImplementation(function (this: QueueBooks, copy, to) {
      handOver.call(this, copy, to);
      copy.deliveries = 1;
    });
  },
  'says that what was deleted is still out': () => {
    const { end } = QueueBooks.prototype;
    vi.spyOn(QueueBooks.prototype, 'end').mockImplementation(function (this: QueueBooks, copy, from, fate, cause) {
      if (fate !== 'acknowledged') end.call(this, copy, from, fate, cause);
    });
  },
  'forgets a receipt as soon as its time is over': () => {
    const { comeBack } = QueueBooks.prototype;
    vi.spyOn(QueueBooks.prototype, 'comeBack').mockImplementation(function (this: QueueBooks, copy, cause) {
      comeBack.call(this, copy, cause);
      this.end(copy, 'ready', 'lost', cause);
    });
  },
};

it.each(Object.entries(FAULTS))('finds one that %s', (_, plant) => {
  plant();
  expect(fc.check(conserves, { numRuns: 150, seed: 1 }).failed).toBe(true);
});
