/**
 * Who wrote it down, as OpenTelemetry names it: each component of a run is a service, copies are its instances, and the
 * scenario is their namespace; the run as a whole is a service of its own, and in none. What is told of them is the experimenter's, who
 * sees all of it, and `brownout.observer` says so. https://opentelemetry.io/docs/specs/semconv/resource/
 */
import { fleetOf } from '../../network/component.ts';
import type { Resource } from '../../observability/signals/telemetry.ts';
import type { RecordedComponent, Recording } from '../recording.ts';
import { OBSERVER } from './instrument-telemetry.ts';

export class Resources {
  /** The run as a whole, for what belongs to no component. */
  readonly run: Resource;
  private readonly known = new Map<string, Resource>();
  private readonly components: readonly RecordedComponent[];
  private readonly namespace: string;
  /** Of which run it is, said of every resource. */
  readonly common: Readonly<Record<string, string>>;

  constructor({ header, components }: Recording) {
    const { scenario, variant, seed, digest } = header;
    this.components = components;
    this.common = {
      'brownout.variant': variant,
      'brownout.seed': String(seed),
      'brownout.digest': digest,
    };
    this.namespace = scenario;
    this.run = { 'service.name': scenario, 'service.instance.id': `${variant}-${seed}`, ...this.told };
  }

  /** Of a component; of the run where there is none of that name. */
  of(component: string | undefined): Resource {
    const found = this.components.find(({ name }) => name === component);
    if (found === undefined) return this.run;
    let resource = this.known.get(found.name);
    if (resource === undefined) {
      resource = this.resource(this.serviceOf(found), found.name);
      this.known.set(found.name, resource);
    }
    return resource;
  }

  private resource(service: string, instance: string): Resource {
    return {
      'service.namespace': this.namespace,
      'service.name': service,
      'service.instance.id': instance,
      ...this.told,
    };
  }

  private get told(): Readonly<Record<string, string>> {
    return { ...this.common, [OBSERVER]: 'experimenter' };
  }

  /** `app` of `app-1` if there are several of the kind. */
  private serviceOf({ name, kind }: RecordedComponent): string {
    const fleet = fleetOf(name);
    const copies = this.components.filter((other) => other.kind === kind && fleetOf(other.name) === fleet);
    return copies.length > 1 ? fleet : name;
  }
}
