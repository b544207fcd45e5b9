/** The invalidation channels by name: the values that a scenario's parameter takes. */
import type { Simulation } from '../../kernel/simulation.ts';
import { busChannel } from './bus-channel.ts';
import type { InvalidationOptions, InvalidationChannel } from './channel.ts';
import { logChannel } from './log-channel.ts';
import { changeFollows, lastComes, newerWins, pushChannel } from './push-channel.ts';
import { ttlAlone } from './ttl-alone.ts';
import { versionedKeys } from './versioned-keys.ts';

export interface ChannelEntry {
  readonly help: string;
  readonly create: (sim: Simulation, options: InvalidationOptions) => InvalidationChannel;
}

export const invalidationChannels = {
  ttl: { help: 'nobody is told; a copy lives for its time', create: ttlAlone },
  acknowledged: {
    help: 'a bus tells all instances, and the writer waits until each has answered',
    create: (sim, { near }) => busChannel(sim, near, { delivery: 'acknowledged', lossShare: 0 }),
  },
  published: {
    help: 'a bus tells all instances, once each; what is lost is lost',
    create: (sim, { near, lossShare }) => busChannel(sim, near, { delivery: 'published', lossShare }),
  },
  log: {
    help: 'instances follow the log of what the store commits',
    create: (sim, { near, kept, poll }) => logChannel(sim, near, { kept, poll, copies: 'are-taken-out' }),
  },
  'log-updates': {
    help: 'the same, and a copy becomes what the log says that it is',
    create: (sim, { near, kept, poll }) => logChannel(sim, near, { kept, poll, copies: 'are-updated' }),
  },
  pushed: {
    help: 'a bus brings all instances the row, and the newer version stays',
    create: (sim, { near, rowBytes }) => pushChannel(sim, near, newerWins, rowBytes),
  },
  'pushed-unversioned': {
    help: 'a bus brings all instances the row, and what comes last stays',
    create: (sim, { near, rowBytes }) => pushChannel(sim, near, lastComes, rowBytes),
  },
  'pushed-changes': {
    help: 'a bus brings all instances the change, which is made to the version before it alone',
    create: (sim, { near, changeBytes }) => pushChannel(sim, near, changeFollows, changeBytes),
  },
  'versioned-keys': {
    help: 'the version is in the entry’s name, and a shared server says which is today’s',
    create: (sim, { near, keys, commandTime }) => versionedKeys(sim, near, keys, commandTime),
  },
} as const satisfies Readonly<Record<string, ChannelEntry>>;

export type ChannelName = keyof typeof invalidationChannels;

/** The table with its entries' common type. */
export const channelOf = (name: ChannelName): ChannelEntry => invalidationChannels[name];
