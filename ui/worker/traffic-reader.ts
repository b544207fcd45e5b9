/** Reads who is where out of recordings, in slices; any of the readings under way can be cancelled. */
import type { Topology } from '../models/topology.ts';
import { readTraffic, type Traffic, type TrafficSource } from '../models/traffic.ts';
import { Slices } from './slices.ts';

export class TrafficReader {
  /** Numbers of the readings under way. */
  readonly #wanted = new Set<number>();
  readonly #slices = new Slices();

  /** Undefined if it was cancelled; `reading` is a number of its own, by which that is asked. */
  async read(source: TrafficSource, topology: Topology, reading: number): Promise<Traffic | undefined> {
    const work = readTraffic(source, topology);
    let traffic: Traffic | undefined;
    this.#wanted.add(reading);
    try {
      while (!this.#slices.work(() => (traffic = work.next().value ?? undefined) !== undefined)) {
        await this.#slices.next();
        if (!this.#wanted.has(reading)) return undefined;
      }
    } finally {
      this.#wanted.delete(reading);
    }
    return traffic;
  }

  /** Ends a reading between two of its slices; one that is over, or never was, is ended already. */
  cancel(reading: number): void {
    this.#wanted.delete(reading);
  }
}
