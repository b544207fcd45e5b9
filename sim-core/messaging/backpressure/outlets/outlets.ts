/** The ways of handing over by name: the values that a scenario's parameter may take. */
import { Block } from './block.ts';
import type { Outlet, OutletOptions } from './outlet.ts';
import { Pull } from './pull.ts';
import { PullOrDrop } from './pull-or-drop.ts';
import { Push } from './push.ts';

export type OutletName = 'push' | 'block' | 'pull' | 'pull-or-drop';

export const outlets: Readonly<Record<OutletName, (options: OutletOptions) => Outlet>> = {
  push: (options) => new Push(options),
  block: (options) => new Block(options),
  pull: (options) => new Pull(options),
  'pull-or-drop': (options) => new PullOrDrop(options),
};
