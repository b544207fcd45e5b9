/** The key loaders by name: the keys are the values that a scenario's parameter takes. */
import { BatchLoader } from './batch-loader.ts';
import type { KeyLoaderFactory } from './key-loader.ts';
import { LoaderPerKey } from './loader-per-key.ts';

export interface KeyLoaderEntry {
  readonly help: string;
  readonly create: KeyLoaderFactory;
}

export const keyLoaders = {
  'per-key': { help: 'a query a key', create: (sim, options, request) => new LoaderPerKey(sim, options, request) },
  batch: {
    help: 'one query for all keys that are asked for in one tick',
    create: (sim, options, request) => new BatchLoader(sim, options, request),
  },
} as const satisfies Readonly<Record<string, KeyLoaderEntry>>;

export type KeyLoaderName = keyof typeof keyLoaders;
