/** What a relational database tells of what it does. */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { CallFailure } from '../../network/call.ts';
import { databaseAnswered, databasePool, databaseQueried } from '../database-signals.ts';
import type { Connection, SqlQuery } from './connections.ts';
import { databaseWorked, logChanged, transactionEnded } from './signals.ts';

export class RelationalReports {
  private readonly sim: Simulation;
  private readonly database: string;
  private readonly queries: FactChannel<Fact<typeof databaseQueried>>;
  private readonly answers: FactChannel<Fact<typeof databaseAnswered>>;
  private readonly pools: FactChannel<Fact<typeof databasePool>>;
  private readonly works: FactChannel<Fact<typeof databaseWorked>>;
  private readonly endings: FactChannel<Fact<typeof transactionEnded>>;
  private readonly logs: FactChannel<Fact<typeof logChanged>>;

  constructor(sim: Simulation, database: string) {
    this.sim = sim;
    this.database = database;
    this.queries = sim.facts.channel(databaseQueried);
    this.answers = sim.facts.channel(databaseAnswered);
    this.pools = sim.facts.channel(databasePool);
    this.works = sim.facts.channel(databaseWorked);
    this.endings = sim.facts.channel(transactionEnded);
    this.logs = sim.facts.channel(logChanged);
  }

  queried({ call, operation, key, statements }: SqlQuery): void {
    if (!this.queries.heard) return;
    const rows = statements.length;
    this.queries.emit({ database: this.database, request: call.request.id, operation, key, rows });
  }

  answered(query: SqlQuery, outcome: 'ok' | CallFailure): void {
    if (!this.answers.heard) return;
    const { call, operation, key, arrived, connectedAt, visited: rows } = query;
    const [waited, duration] = [connectedAt - arrived, this.sim.now - arrived];
    const request = call.request.id;
    this.answers.emit({ database: this.database, request, operation, key, rows, outcome, waited, duration });
  }

  pool(used: number, pending: number): void {
    if (this.pools.heard) this.pools.emit({ database: this.database, used, pending });
  }

  worked(application: string, demand: Duration): void {
    if (this.works.heard) this.works.emit({ database: this.database, application, demand });
  }

  ended({ transaction, application, request }: Connection, outcome: 'committed' | 'rolled back'): void {
    if (transaction.changes.length === 0 || !this.endings.heard) return;
    this.endings.emit({ database: this.database, request, application, outcome });
  }

  log(kept: number, retained: number): void {
    if (this.logs.heard) this.logs.emit({ database: this.database, kept, retained });
  }
}
