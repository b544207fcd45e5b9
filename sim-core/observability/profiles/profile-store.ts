/** A store of profiles, which it adds up for a stretch of time and a service, as Parca or Pyroscope do. It keeps whatever it takes. */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import { innermost, type Profile } from './profile.ts';

export class ProfileStore implements Endpoint<Profile, undefined>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help = 'Keeps profiles of processor time, and adds them up';
  readonly signals = [];
  readonly interventions = {};
  private readonly profiles: Profile[] = [];
  private samples = 0;

  constructor(sim: Simulation, name: string) {
    this.name = name;
    register(sim, this);
  }

  receive(call: Call<Profile, undefined>): void {
    this.profiles.push(call.query);
    for (const count of call.query.samples.values()) this.samples += count;
    call.reply(undefined);
  }

  /**
   * Processor time a second that each function took by itself, over all profiles that lie within a stretch of time, by
   * `service function`; nothing where there is no such profile.
   */
  selfTime(from: Time, to: Time): ReadonlyMap<string, number> {
    const taken = new Map<string, Duration>();
    const covered = new Map<string, Duration>();
    for (const { resource, period, samples, ...profile } of this.profiles) {
      if (profile.from < from || profile.to > to) continue;
      const service = resource['service.name'];
      covered.set(service, (covered.get(service) ?? 0) + profile.to - profile.from);
      for (const [stack, count] of samples) {
        const name = `${service} ${innermost(stack)}`;
        taken.set(name, (taken.get(name) ?? 0) + count * period);
      }
    }
    return new Map(Array.from(taken, ([name, time]) => [name, time / covered.get(name.slice(0, name.indexOf(' ')))!]));
  }

  state(): Readonly<Record<string, number | string>> {
    return { profiles: this.profiles.length, samples: this.samples };
  }

  violations(): readonly string[] {
    const backwards = this.profiles.filter(({ from, to }) => to <= from).length;
    return backwards === 0 ? [] : [`${this.name}: ${backwards} profiles end before they begin`];
  }
}
