/**
 * Loads simjs (npm, callbacks and timers). Its package is a browser bundle that exports nothing and leaves its classes
 * on `window`, so it is given one while it loads.
 */
import type * as simjs from 'simjs';

export type Simjs = typeof simjs;

export async function loadSimjs(): Promise<Simjs> {
  const scope = globalThis as { window?: { Sim?: Simjs } };
  const before = scope.window;
  scope.window = loaded;
  try {
    await import('simjs');
  } finally {
    if (before === undefined) delete scope.window;
    else scope.window = before;
  }
  if (loaded.Sim === undefined) throw new Error('simjs: loaded, but left no classes on window');
  return loaded.Sim;
}

/** Kept, since a second import does not run the module again. */
const loaded: { Sim?: Simjs } = {};
