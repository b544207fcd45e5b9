/** The worker that reads recordings beside the one that computes them: who was where, moved to the page, not copied. */
import { expose, transfer } from 'comlink';
import type { Topology } from '../models/topology.ts';
import type { Traffic, TrafficSource } from '../models/traffic.ts';
import { TrafficReader } from './traffic-reader.ts';
import { buffersOf } from './transferables.ts';

const reader = new TrafficReader();

const service = {
  async traffic(source: TrafficSource, topology: Topology, reading: number): Promise<Traffic | undefined> {
    const traffic = await reader.read(source, topology, reading);
    return traffic && transfer(traffic, buffersOf(traffic));
  },
  cancel(reading: number): void {
    reader.cancel(reading);
  },
  isThere: (): true => true,
};

export type ReaderService = typeof service;

expose(service);
