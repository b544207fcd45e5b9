/**
 * How a new version comes out: a linter may judge it, the registry takes it or not, and if both let it pass one side is upgraded and,
 * a while later, the other. In between the two speak by different versions. A side is upgraded in an instant; a rolling
 * upgrade, instance by instance, would have both versions on one side as well.
 */
import {
  BackgroundRequests,
  CallFailed,
  register,
  RegistryClient,
  sleep,
  spawn,
  type Behaviour,
  type Component,
  type Duration,
  type Fact,
  type FactChannel,
  type Intervention,
  type Registration,
  type SchemaRegistry,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Format } from './formats/format.ts';
import { lint, type Linter } from './linter.ts';
import type { Side } from './producer.ts';
import { schemaDeployed } from './tally.ts';
import { CHANGE_NAMES, CHANGES, type Change } from './versions.ts';

export const SUBJECT = 'orders-value';

export interface RolloutOptions {
  readonly registry: SchemaRegistry;
  readonly format: Format;
  readonly linter: Linter;
  /** Which is upgraded first, and which last. */
  readonly sides: readonly [first: Side, second: Side];
  readonly gap: Duration;
}

export class Rollout implements Component {
  readonly name = 'pipeline';
  readonly kind = 'coordinator';
  readonly help = 'Brings out new versions of the schema: past the gates, to one side and then to the other';
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: RolloutOptions;
  private readonly requests: BackgroundRequests;
  private readonly deployments: FactChannel<Fact<typeof schemaDeployed>>;
  private readonly client: RegistryClient;
  private isUnderWay = false;
  private last = 'nothing yet';

  constructor(sim: Simulation, options: RolloutOptions) {
    this.sim = sim;
    this.options = options;
    this.requests = new BackgroundRequests(sim);
    this.deployments = sim.facts.channel(schemaDeployed);
    this.interventions = {
      deploy: {
        help: `Deploys a schema with one more change: ${CHANGE_NAMES.map((name, i) => `${i + 1} ${name}`).join(', ')}`,
        arguments: [{ name: 'change', help: 'The number of the change', min: 1, max: CHANGE_NAMES.length, default: 1 }],
        apply: ([number]) => this.deploy(CHANGE_NAMES[Math.round(number) - 1]),
      },
    };
    register(sim, this);
    this.client = new RegistryClient(sim, options.registry, this.name, nearby);
  }

  deploy(change: Change): void {
    spawn(this.sim, `deployment of ${change}`, this.roll(change));
  }

  state(): Readonly<Record<string, number | string>> {
    return { last: this.last };
  }

  violations(): readonly string[] {
    return [];
  }

  private *roll(change: Change): Behaviour {
    const { format, linter, sides, gap } = this.options;
    if (this.isUnderWay) return this.tell(change, 'refused', 'another deployment is under way');
    this.isUnderWay = true;
    const version = CHANGES[change](sides[0].version);
    const { schema } = format(version);
    const reasons = lint(linter, schema, format(sides[0].version).schema);
    const registration: Registration =
      reasons.length > 0 ? { outcome: 'refused', reasons } : yield* this.register(schema);
    if (registration.outcome === 'refused') {
      this.tell(change, 'refused', registration.reasons.join('; '));
    } else {
      sides[0].deploy(version, registration.id);
      this.tell(change, 'first side');
      yield* sleep(this.sim, gap);
      sides[1].deploy(version, registration.id);
      this.tell(change, 'second side');
    }
    this.isUnderWay = false;
  }

  private *register(schema: ReturnType<Format>['schema']): Behaviour<Registration> {
    try {
      return yield* this.client.register(SUBJECT, schema, this.requests.next());
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return { outcome: 'refused', reasons: [error.message] };
    }
  }

  private tell(change: Change, outcome: string, reason = ''): void {
    this.last = `${change}: ${outcome}${reason === '' ? '' : `, ${reason}`}`;
    if (this.deployments.heard) this.deployments.emit({ change, outcome, reason });
  }
}
