/**
 * Who keeps the membership filter of a store: writers tell it of every key that they create, instances fetch copies of it.
 * Between two copies an instance takes a new key for one that there is not.
 *
 * Its commands take no time of their own, and it is not lost. Does not model the bytes of a copy on the wire.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { MembershipFilter } from './membership-filter.ts';

export type FilterCommand = { readonly command: 'copy' } | { readonly command: 'add'; readonly key: number };

export class FilterServer implements Endpoint<FilterCommand, MembershipFilter>, Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = [];
  readonly interventions = {};
  private readonly filter: MembershipFilter;
  private added = 0;
  private refused = 0;

  constructor(sim: Simulation, name: string, filter: MembershipFilter) {
    this.name = name;
    this.filter = filter;
    this.help = `Keeps the filter of the keys that there are, ${filter.bits} bits of it, and gives copies away`;
    register(sim, this);
  }

  /** Answers with a copy, or after an addition with the filter as it is. */
  receive(call: Call<FilterCommand, MembershipFilter>): void {
    const { query } = call;
    if (query.command === 'copy') {
      call.reply(this.filter.copy());
      return;
    }
    if (this.filter.add(query.key)) this.added++;
    else this.refused++;
    call.reply(this.filter);
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      bits: this.filter.bits,
      'keys added': this.added,
      'keys refused': this.refused,
      'false positives expected': this.filter.falsePositiveRate(),
    };
  }

  violations(): readonly string[] {
    return this.refused > 0 ? [`${this.name}: it is full, and ${this.refused} keys cannot be found any more`] : [];
  }
}
