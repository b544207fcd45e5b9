/** A shop with one saga in it, and the parts that can die: what is really built, with times that differ from step to step. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import type { Distribution } from '../../../../sim-core/kernel/distributions/distribution.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, SECOND, type Duration } from '../../../../sim-core/kernel/time.ts';
import type { Endpoint } from '../../../../sim-core/network/call.ts';
import { componentsOf } from '../../../../sim-core/network/component.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { immediate } from '../../../../sim-core/network/resilience/backoff/immediate.ts';
import { AuditLog } from '../../../../sim-core/services/saga/audit-log.ts';
import { Auditor } from '../../../../sim-core/services/saga/auditor.ts';
import { SagaBook } from '../../../../sim-core/services/saga/book.ts';
import { REQUESTED } from '../../../../sim-core/services/saga/choreography.ts';
import type { Answer, SagaCommand } from '../../../../sim-core/services/saga/definition.ts';
import { EventExchange } from '../../../../sim-core/services/saga/event-exchange.ts';
import { Holdings } from '../../../../sim-core/services/saga/holdings.ts';
import { Orchestrator } from '../../../../sim-core/services/saga/orchestrator.ts';
import { Participant } from '../../../../sim-core/services/saga/participant.ts';
import type { ParticipantRules, BookStatement, BookQuery } from '../../../../sim-core/services/saga/participation.ts';
import type { SagaPolicy } from '../../../../sim-core/services/saga/progress.ts';
import { Watchdog } from '../../../../sim-core/services/saga/watchdog.ts';
import { Service } from '../../../../sim-core/services/service.ts';
import { RabbitMq } from '../../../../sim-core/systems/rabbitmq/rabbitmq.ts';
import { ORDER_SAGA } from './order-saga.ts';

export interface ShopOptions {
  readonly coordination: 'orchestrated' | 'choreographed';
  /** The step that has nothing to give: its participant refuses; -1 for none. */
  readonly refused: number;
  readonly policy?: Partial<SagaPolicy>;
  readonly rules?: Partial<ParticipantRules>;
  readonly isDurable?: boolean;
  /** Patience of the orchestrator: shorter than the slowest step, it asks again and gives up though the first is at work. */
  readonly timeout?: Duration;
  /** How often a compensation is asked for; without end if nothing is said. */
  readonly compensationAttempts?: number;
  readonly isWatched?: boolean;
  /** The step whose participant says once that it has undone it, and has not. */
  readonly losing?: number;
  /** An auditor that takes what participants answered for what they hold. */
  readonly trusts?: boolean;
}

export interface Shop {
  readonly sim: Simulation;
  /** By name: who can die. */
  readonly mortals: Readonly<Record<string, () => void>>;
  /** How often each step's effect stands. */
  standing(): readonly number[];
  /** What each participant holds, in units: its own account of the same. */
  held(): readonly number[];
  violations(): readonly string[];
  readonly auditLog: AuditLog;
}

const DOWNTIME = 3 * MILLISECOND;
/** A book in which every compensation stands that anybody confirmed. */
const TRUSTED: Endpoint<BookQuery, BookStatement> = {
  name: 'what was answered',
  receive: (call) => call.reply(call.query.keys.map(() => 'undone')),
};
const WAY = constant(0.25 * MILLISECOND);
const TIMES = [1, 2, 3].map((milliseconds) => constant(milliseconds * MILLISECOND));

/** What shipping takes for its first two commands, and for those that follow. */
function shippingTime(): Distribution {
  let commands = 0;
  return {
    mean: 2 * MILLISECOND,
    sample: () => (commands++ < 2 ? 14 : 2) * MILLISECOND,
    describe: () => 'slow at first',
  };
}

export function smallShop(options: ShopOptions): Shop {
  const sim = new Simulation();
  const { refused, rules } = options;
  const book = new SagaBook(sim, { steps: ORDER_SAGA.length, payment: { step: 2, amountOf: () => 40 } });
  const participants = ORDER_SAGA.map((step, place) => {
    const initial = (): number => (place === refused ? 0 : 1);
    const amounts = { keyOf: () => 0, amountOf: () => 1, isLocked: step.confirmation !== undefined };
    return new Participant(sim, {
      definition: ORDER_SAGA,
      place,
      holdings: new Holdings({ initial, ...amounts }),
      rules: { remembers: true, bars: true, ...rules },
      time: TIMES[place] ?? shippingTime(),
      refusedShare: 0,
      book,
    });
  });
  if (options.losing !== undefined) participants[options.losing].loseNext(1);
  const auditLog = new AuditLog();
  const build = options.coordination === 'orchestrated' ? orchestrated : choreographed;
  return {
    sim,
    mortals: build(sim, participants, options, auditLog),
    auditLog,
    standing: () => book.standingOf(0),
    held: () => participants.map(({ options: { holdings } }) => holdings.held),
    violations: () => componentsOf(sim).flatMap((component) => component.violations()),
  };
}

function orchestrated(
  sim: Simulation,
  participants: Participant[],
  options: ShopOptions,
  auditLog: AuditLog,
): Shop['mortals'] {
  const { policy, isDurable = true, timeout = SECOND } = options;
  const services = participants.map(
    (participant) =>
      new Service<SagaCommand | BookQuery, Answer | BookStatement>(sim, {
        name: participant.name,
        help: '',
        concurrency: 10,
        queueMax: 0,
        inside: participant,
        *handle({ query }) {
          const answer = yield* participant.answer(query);
          yield 0.5 * MILLISECOND;
          return answer;
        },
      }),
  );
  const orchestrator = new Orchestrator(sim, {
    name: 'checkout',
    definition: ORDER_SAGA,
    policy: { compensates: true, undoesDoubtful: true, ...policy },
    participants: services.map(
      (service) => new Link<SagaCommand, Answer>(sim, service, { from: 'checkout', delay: WAY, timeout }),
    ),
    log: { writeTime: 0.5 * MILLISECOND, isDurable },
    auditLog,
    backoff: immediate(),
    backoffBase: MILLISECOND,
    attemptsMax: 2,
    compensationAttemptsMax: options.compensationAttempts ?? Infinity,
    sagasMax: 1,
  });
  const mortals: Record<string, () => void> = {
    checkout: () => orchestrator.kill(DOWNTIME),
    ...Object.fromEntries(services.map((service) => [service.name, () => service.crash(DOWNTIME)])),
  };
  if (options.isWatched === true) {
    const [every, stillMax] = [20 * MILLISECOND, 10 * MILLISECOND];
    new Watchdog(sim, { name: 'watchdog', orchestrator, delay: WAY, every, stillMax });
    const audited = services.map((service) => ({
      book: options.trusts === true ? TRUSTED : service,
      commands: service,
    }));
    const auditor = new Auditor(sim, { name: 'auditor', log: auditLog, participants: audited, delay: WAY, every });
    mortals['auditor'] = () => auditor.kill(DOWNTIME);
  }
  const link = new Link(sim, orchestrator, { from: 'users', delay: WAY });
  link.send(0, new RequestContext(0, 0));
  return mortals;
}

function choreographed(sim: Simulation, participants: Participant[], options: ShopOptions): Shop['mortals'] {
  const node = new RabbitMq(sim, { name: 'rabbit', help: '' });
  const compensates = options.policy?.compensates ?? true;
  const exchange = new EventExchange(sim, { node, definition: ORDER_SAGA, compensates, delay: WAY });
  const consumers = participants.map((participant) => exchange.consumer(participant, 10));
  const publish = exchange.publisher('checkout');
  const checkout = new Service<number, void>(sim, {
    name: 'checkout',
    help: '',
    concurrency: 1,
    queueMax: 0,
    *handle({ query: key, request }) {
      yield* publish({ id: request.id, key, request }, REQUESTED);
    },
  });
  const link = new Link(sim, checkout, { from: 'users', delay: WAY });
  link.send(0, new RequestContext(0, 0));
  return {
    checkout: () => checkout.crash(DOWNTIME),
    rabbit: () => node.interventions['kill'].apply([DOWNTIME / SECOND]),
    ...Object.fromEntries(consumers.map((consumer) => [consumer.name, () => consumer.kill(DOWNTIME)])),
  };
}
