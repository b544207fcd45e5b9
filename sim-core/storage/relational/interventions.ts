/** What can be done to a relational database while it runs. */
import { SECOND, type Duration } from '../../kernel/time.ts';
import type { Intervention } from '../../network/component.ts';

interface Target {
  kill(downtime: Duration): void;
  slow(factor: number): void;
  rollBackNext(transactions: number): void;
}

export function relationalInterventions(database: Target): Readonly<Record<string, Intervention>> {
  return {
    kill: {
      help: 'Kills it with all that is not flushed; after so many seconds it reads its log and is up again',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 2 }],
      apply: ([seconds]) => database.kill(Math.round(seconds * SECOND)),
    },
    slow: {
      help: 'Makes every statement take so many times as long from now on; 1 is the original speed',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
      apply: ([factor]) => database.slow(factor),
    },
    abort: {
      help: 'Rolls back the next so many transactions that want to commit; what is by itself a transaction is spared',
      arguments: [{ name: 'transactions', help: 'how many', min: 0, max: 1e6, default: 20 }],
      apply: ([transactions]) => database.rollBackNext(Math.round(transactions)),
    },
  };
}
