/**
 * Every event of a run as the moment at which the projection is killed: does the read model come to be the fold of the log? Then two
 * kills at moments that chance picks. Of orders and guards that do not keep to it some moment shows it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { projectionBehind } from '../../../../sim-core/services/event-sourcing/facts.ts';
import { DOWNTIME, END, projectionWorld, WRITTEN, type ProjectionWorldOptions } from './projection-world.ts';

/** How many moments there are, and which of them leave rows that are wrong at the end. */
function enumerate(options: ProjectionWorldOptions): { moments: number; wrong: number[] } {
  const wrong: number[] = [];
  for (let events = 1; ; events++) {
    const world = projectionWorld(options);
    if (world.sim.runUntil(END, events)) return { moments: events - 1, wrong };
    world.projection.kill(DOWNTIME);
    world.sim.runUntil(world.sim.now + END);
    if (world.wrongRows().length > 0) wrong.push(events);
  }
}

const KEPT: readonly ProjectionWorldOptions[] = [
  { checkpoint: 'with', isIdempotent: true },
  { checkpoint: 'with', isIdempotent: false },
  { checkpoint: 'after', isIdempotent: true },
  { checkpoint: 'after', isIdempotent: true, isRebuilt: 'beside' },
  { checkpoint: 'with', isIdempotent: false, isRebuilt: 'in place' },
  { checkpoint: 'after', isIdempotent: true, isRebuilt: 'in place' },
];

const named = ({ checkpoint, isIdempotent, isRebuilt }: ProjectionWorldOptions): string =>
  `checkpoint ${checkpoint} the rows, which ${isIdempotent ? 'know' : 'do not know'} their events${isRebuilt ? `, built anew ${isRebuilt}` : ''}`;

describe.each(KEPT.map((options) => [named(options), options] as const))('%s', (name, options) => {
  it('is the fold of the log, at whichever event the projection is killed', () => {
    const { moments, wrong } = enumerate(options);
    expect(moments).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
    process.stdout.write(`${name}: ${moments} moments of a kill\n`);
  });

  it('is, at whichever two', () => {
    const kill = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: DOWNTIME }));
    fc.assert(
      fc.property(kill, kill, (...kills) => {
        const world = projectionWorld(options);
        for (const [events, downtime] of kills) {
          if (!world.sim.runUntil(END, events)) world.projection.kill(downtime);
        }
        world.sim.runUntil(world.sim.now + END);
        expect(world.wrongRows()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

it.each<[string, ProjectionWorldOptions]>([
  ['the checkpoint comes before the rows', { checkpoint: 'before', isIdempotent: false }],
  ['the checkpoint comes before rows that know their events', { checkpoint: 'before', isIdempotent: true }],
  ['rows do not know their events and the checkpoint comes after', { checkpoint: 'after', isIdempotent: false }],
])('is not at some moment, where %s', (_name, options) => {
  expect(enumerate(options).wrong.length).toBeGreaterThan(0);
});

it('is told of a log that only grows, though answers of the store are older than what was appended meanwhile', () => {
  const { sim, projection } = projectionWorld({ checkpoint: 'with', isIdempotent: true });
  const heads: number[] = [];
  sim.facts
    .channel(projectionBehind)
    .listen(({ who, position }) => who === 'log of projection' && heads.push(position));
  const head = 1000;
  sim.schedule(WRITTEN / 2, () => projection.tellHead(head), undefined);
  sim.runUntil(END);
  expect(heads).toEqual(heads.toSorted((a, b) => a - b));
  expect(heads.at(-1)).toBe(head);
});

describe('built anew', () => {
  /** Whether the model that is served is right as far as it says, after every event; and whether it ever goes back. */
  function watched(isRebuilt: 'beside' | 'in place'): { wrong: number; back: number; tables: string } {
    const world = projectionWorld({ checkpoint: 'with', isIdempotent: true, isRebuilt });
    const seen = { wrong: 0, back: 0, tables: '' };
    let checkpoint = 0;
    for (let isOver = false; !isOver;) {
      isOver = world.sim.runUntil(END, 1);
      if (world.wrongRows('checkpoint').length > 0) seen.wrong++;
      if (world.models.model.checkpoint < checkpoint) seen.back++;
      ({ checkpoint } = world.models.model);
    }
    return { ...seen, tables: String(world.models.state()['tables']) };
  }

  it('beside, readers see a model that is right as far as it says and never goes back', () => {
    expect(watched('beside')).toEqual({ wrong: 0, back: 0, tables: 'sums-1' });
  });

  it('in place, they see it begin again', () => {
    expect(watched('in place')).toEqual({ wrong: 0, back: 1, tables: 'sums' });
  });

  it('in place and beside at once, it is the latter that is served and kept in the end', () => {
    const world = projectionWorld({ checkpoint: 'with', isIdempotent: true });
    world.sim.schedule(MILLISECOND, () => world.projection.rebuildInPlace(), undefined);
    world.sim.schedule(1.5 * MILLISECOND, () => world.projection.rebuildBeside(), undefined);
    world.sim.runUntil(END);
    expect(world.wrongRows()).toEqual([]);
    expect(world.models.state()['tables']).toBe('sums-1');
  });
});
