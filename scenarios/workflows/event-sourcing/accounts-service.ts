/**
 * The service of accounts: carries out bookings and tells balances of the past, by the code that is deployed to it. The experimenter
 * looks at what it read, and holds it against the book.
 */
import {
  aggregateSignals,
  CallFailed,
  DecodeFailed,
  Link,
  Repository,
  Service,
  type AsOf,
  type Behaviour,
  type Distribution,
  type EventStore,
  type Fact,
  type FactChannel,
  type Intervention,
  type KeyedStream,
  type RequestContext,
  type Simulation,
} from '../../../sim-core/index.ts';
import { ageOf, type AccountBook } from '../application/account-book.ts';
import { accountCode, LATEST, type Account, type Booking } from '../application/bookings.ts';
import { MOST_EUROS } from './balances.ts';
import type { Values } from './params.ts';
import { accountUsed } from './tally.ts';

export const SERVICE = 'accounts';
/** Bookings and balances that are worked at at once; more wait in line. */
export const CONCURRENCY = 200;
export const STARTS_WITH = 2;

export interface AccountQuery {
  readonly operation: 'book' | 'balance';
  readonly account: number;
}

export interface AccountsOptions {
  readonly store: EventStore;
  readonly book: AccountBook;
  readonly delay: Distribution;
}

export class Accounts {
  readonly service: Service<AccountQuery, number>;
  private readonly p: Values;
  private readonly book: AccountBook;
  private readonly repository: Repository<Booking, Account>;
  private readonly draws: KeyedStream;
  private readonly used: FactChannel<Fact<typeof accountUsed>>;
  private bookings = 0;
  /** The position of the last event that it knows of. */
  private head: number;

  constructor(sim: Simulation, p: Values, { store, book, delay }: AccountsOptions) {
    this.p = p;
    this.book = book;
    this.head = store.log.head;
    this.draws = sim.keyedRandom('what is booked');
    this.used = sim.facts.channel(accountUsed);
    this.repository = new Repository(sim, {
      service: SERVICE,
      store: new Link(sim, store, { from: SERVICE, delay }),
      code: accountCode(STARTS_WITH),
      cores: p.cores,
      foldTime: p.foldTime,
      snapshotEvery: p.snapshots ? p.snapshotEvery : Infinity,
      checksVersion: p.versionCheck,
      attemptsMax: p.attempts,
    });
    this.service = new Service(sim, {
      name: SERVICE,
      help: `Loads accounts from their events, decides bookings, appends them; ${CONCURRENCY} at once`,
      concurrency: CONCURRENCY,
      queueMax: 10_000,
      inside: {
        signals: aggregateSignals,
        interventions: { deploy: this.deploying() },
        state: () => ({ 'version of the code': this.repository.code.codec.version, bookings: this.bookings }),
        violations: () => [],
      },
      handle: ({ query, request }) =>
        query.operation === 'book' ? this.bookOn(query.account, request) : this.tell(query.account, request),
    });
  }

  deploy(version: number, oldEvents: 'upcasters' | 'defaults' | 'nothing'): void {
    this.repository.deploy(accountCode(version, oldEvents));
  }

  private *bookOn(account: number, request: RequestContext): Behaviour<number> {
    const draws = this.draws.of(request.id);
    const isWithdrawal = draws.next() < this.p.withdrawals;
    const euros = 1 + Math.floor(draws.next() * MOST_EUROS);
    const cents = (isWithdrawal ? -euros : euros) * 100;
    const result = yield* this.repository.handle(account, { cents }, request);
    if (result.outcome === 'conflict' || result.outcome === 'unreadable') throw new CallFailed(SERVICE, 'error');
    const { state, version } = result.loaded;
    const meant = this.book.balance(account, version);
    const isBooked = result.outcome === 'appended';
    if (isBooked) this.head = Math.max(this.head, result.position);
    const left = isBooked ? this.book.balance(account, result.version) : meant;
    if (isBooked) this.bookings++;
    this.tellUsed(account, request, {
      misread: state.cents !== meant,
      wronged: !isBooked && meant + cents >= 0,
      overdrawn: isBooked && cents < 0 && left < 0,
    });
    return left;
  }

  /** As of a moment between the first booking of all and now, or of one of all positions that it knows of. */
  private asOf(request: RequestContext): AsOf {
    const drawn = this.draws.of(request.id).next();
    if (this.p.asOf === 'position') return { position: Math.floor(drawn * (this.head + 1)) };
    const age = ageOf(this.p.history);
    return { time: Math.floor(drawn * (request.started + age)) - age };
  }

  private *tell(account: number, request: RequestContext): Behaviour<number> {
    try {
      const [{ state, version }] = yield* this.repository.load([account], request, this.asOf(request));
      const misread = state.cents !== this.book.balance(account, version);
      this.tellUsed(account, request, { misread, wronged: false, overdrawn: false });
      return state.cents;
    } catch (error) {
      throw error instanceof DecodeFailed ? new CallFailed(SERVICE, 'error') : error;
    }
  }

  private tellUsed(
    account: number,
    { id: request }: RequestContext,
    outcome: { readonly misread: boolean; readonly wronged: boolean; readonly overdrawn: boolean },
  ): void {
    if (this.used.heard) this.used.emit({ request, account, ...outcome });
  }

  private deploying(): Intervention {
    return {
      help: 'Deploys code of another version: 3 for the one with a currency; with upcasters for old events (1) or without (0)',
      arguments: [
        { name: 'version', help: 'of the code', min: 1, max: LATEST, default: LATEST },
        { name: 'upcasters', help: '1 with, 0 without', min: 0, max: 1, default: 1 },
      ],
      apply: ([version, upcasters]) => this.deploy(Math.round(version), upcasters >= 0.5 ? 'upcasters' : 'nothing'),
    };
  }
}
