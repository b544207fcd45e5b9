/** The order saga with an orchestrator, which asks four services that are called over the network. */
import {
  backoffs,
  Link,
  ms,
  Orchestrator,
  s,
  Service,
  type AuditLog,
  type BackoffOptions,
  type Duration,
  type Participant,
  type SagaAnswer,
  type SagaCommand,
  type Simulation,
  type BookStatement,
  type BookQuery,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { OrderServices } from './order-services.ts';

/** Commands that a service works at at once. */
export const CONCURRENCY = 128;
export const SAGAS_MAX = 10_000;
export const BACKOFF: BackoffOptions = { base: ms(50), cap: s(1) };

/** Carries commands out, and tells what its book says. */
type ParticipantService = Service<SagaCommand | BookQuery, SagaAnswer | BookStatement>;

export interface OrchestrationOptions {
  readonly compensation: boolean;
  readonly doubtfulUndone: boolean;
  readonly durableLog: boolean;
  readonly attempts: number;
  readonly compensationAttempts: number;
  readonly auditLog: AuditLog | undefined;
  readonly timeout: Duration;
}

export interface OrchestratedSaga {
  readonly orchestrator: Orchestrator;
  readonly services: readonly ParticipantService[];
}

export function orchestratedSaga(
  sim: Simulation,
  { definition, participants }: OrderServices,
  p: OrchestrationOptions,
): OrchestratedSaga {
  const services = participants.map((participant) => serviceOf(sim, participant));
  const orchestrator = new Orchestrator(sim, {
    name: 'checkout',
    definition,
    policy: { compensates: p.compensation, undoesDoubtful: p.doubtfulUndone },
    participants: services.map(
      (service) =>
        new Link<SagaCommand, SagaAnswer>(sim, service, { from: 'checkout', delay: nearby, timeout: p.timeout }),
    ),
    log: { writeTime: ms(2), isDurable: p.durableLog },
    auditLog: p.auditLog,
    backoff: backoffs['full-jitter'](BACKOFF),
    backoffBase: BACKOFF.base,
    attemptsMax: p.attempts,
    compensationAttemptsMax: p.compensationAttempts,
    sagasMax: SAGAS_MAX,
  });
  return { orchestrator, services };
}

/** A service commits, and answers a little later: it may die in between. */
function serviceOf(sim: Simulation, participant: Participant): ParticipantService {
  const { action, compensation } = participant.step;
  return new Service(sim, {
    name: participant.name,
    help: `Does ${action} and ${compensation}, each in one transaction of its database`,
    concurrency: CONCURRENCY,
    queueMax: 1000,
    inside: participant,
    *handle({ query }) {
      const answer = yield* participant.answer(query);
      yield ms(1);
      return answer;
    },
  });
}
