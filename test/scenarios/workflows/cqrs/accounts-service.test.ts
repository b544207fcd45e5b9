/** What an overview is said to contain: of the account asked for the latest event that is in it, whatever else has happened since. */
import { expect, it } from 'vitest';
import { accountsService } from '../../../../scenarios/workflows/cqrs/accounts-service.ts';
import { code, deliveriesOf, overviewRows } from '../../../../scenarios/workflows/cqrs/overviews.ts';
import cqrs from '../../../../scenarios/workflows/cqrs.ts';
import type { Values } from '../../../../scenarios/workflows/cqrs/params.ts';
import {
  constant,
  EventLog,
  EventStore,
  Link,
  ms,
  ReadStore,
  RequestContext,
  resolveParameters,
  s,
  Simulation,
  spawn,
  VersionHistory,
  type SessionQuery,
} from '../../../../sim-core/index.ts';

const queries = { connections: 10, queueMax: 10, cores: 1, demand: constant(ms(1)) };

/** What a look at account 0 is told, of a log with events of the accounts 0, 0 and 1 of one customer; the read model lacks some. */
function answered(model: Values['model'], lost: readonly number[] = []): number {
  const sim = new Simulation({ seed: 1 });
  const p = { ...resolveParameters(cqrs, 'single-model', {}), model, accounts: 2, width: 2 } as Values;
  const log = new EventLog();
  const deposit = code.codec.encode({ cents: 100, currency: 'EUR' });
  for (const account of [0, 0, 1]) log.append(account, 'any', [deposit], 0);
  const store = new EventStore(sim, { ...queries, name: 'store', readTime: 0, writeTime: 0, log, snapshots: [] });
  const models = new ReadStore(sim, {
    ...queries,
    name: 'models',
    applyTime: 0,
    maker: overviewRows(p.width),
    isIdempotent: false,
    table: 'overviews',
    history: deliveriesOf(log).filter(({ position }) => !lost.includes(position)),
  });
  const history = new VersionHistory();
  const accounts = accountsService(sim, p, {
    store,
    models: model === 'events' ? [] : [models],
    inService: () => [0],
    history,
  });
  const link = new Link<SessionQuery, { readonly version: number }>(sim, accounts, {
    from: 'user',
    delay: constant(0),
  });
  let version = -1;
  spawn(
    sim,
    'user',
    (function* () {
      const request = new RequestContext(0, 0);
      ({ version } = yield* link.call(
        { operation: 'read', key: 0, wrote: 2, wroteAt: 0, seen: 0, session: 0 },
        request,
      ));
    })(),
  );
  sim.runUntil(s(1));
  return version;
}

it('by the events, and by the read model, the latest of the account and not of the log', () => {
  expect(answered('events')).toBe(2);
  expect(answered('projection')).toBe(2);
});

it('a deposit that the read model has lost is not in it, though later ones of the same customer are', () => {
  expect(answered('projection', [2])).toBe(1);
  expect(answered('projection', [1, 2])).toBe(0);
});
