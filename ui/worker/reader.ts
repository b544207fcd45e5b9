/** The worker that reads recordings beside the one that computes them: who was where, moved to the page, not copied. */
import { expose, transfer } from 'comlink';
import type { Topology } from '../models/topology.ts';
import { trafficOf, type Traffic, type TrafficSource } from '../models/traffic.ts';
import { buffersOf } from './transferables.ts';

const service = {
  traffic(source: TrafficSource, topology: Topology): Traffic {
    const traffic = trafficOf(source, topology);
    return transfer(traffic, buffersOf(traffic));
  },
  isThere: (): true => true,
};

export type ReaderService = typeof service;

expose(service);
