/** A reader behind a filter: what it answers itself, what it lets through, and from when on it knows of a new key. */
import { beforeEach, expect, it } from 'vitest';
import { BloomFilter } from '../../../../sim-core/cache/membership/bloom-filter.ts';
import { filterJudged, FilteredReader } from '../../../../sim-core/cache/membership/filtered-reader.ts';
import { FilterServer, type FilterCommand } from '../../../../sim-core/cache/membership/filter-server.ts';
import type { MembershipFilter } from '../../../../sim-core/cache/membership/membership-filter.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

const KNOWN = 7;
const NEW = 8;

let sim: Simulation;
let server: FilterServer;
let link: Link<FilterCommand, MembershipFilter>;
let reader: FilteredReader;
let looked: number[];
let verdicts: string[];
const rows = new Set<number>();

beforeEach(() => {
  sim = new Simulation();
  rows.clear();
  rows.add(KNOWN);
  const filter = new BloomFilter({ keys: 100, falsePositives: 0.0005, random: sim.random('filter') });
  filter.add(KNOWN);
  server = new FilterServer(sim, 'filter', filter);
  link = new Link(sim, server, { from: 'app', delay: constant(ms(1)) });
  looked = [];
  verdicts = [];
  sim.facts.channel(filterJudged).listen(({ outcome }) => verdicts.push(outcome));
  reader = new FilteredReader(sim, {
    instance: 'app',
    source: link,
    copyEvery: ms(100),
    reader: {
      *read(key) {
        looked.push(key);
        return rows.has(key) ? { key, version: 1 } : { key, version: 0, absent: true };
      },
    },
  });
});

function readAt(time: number, key: number): { row?: Row } {
  const answer: { row?: Row } = {};
  sim.scheduleAt(
    ms(time),
    () =>
      spawn(
        sim,
        'read',
        (function* () {
          answer.row = yield* reader.read(key, new RequestContext(time, sim.now));
        })(),
      ),
    undefined,
    0,
  );
  return answer;
}

it('looks for all keys until its first copy is there, and from then on for those that there may be', () => {
  const early = readAt(0, 99);
  const late = readAt(5, 99);
  const known = readAt(6, KNOWN);
  sim.runUntil(ms(2000));
  expect(early.row).toEqual({ key: 99, version: 0, absent: true });
  expect(late.row).toEqual({ key: 99, version: 0, absent: true });
  expect(known.row).toEqual({ key: KNOWN, version: 1 });
  expect(looked).toEqual([99, KNOWN]);
  expect(verdicts).toEqual(['rejected', 'right']);
});

it('knows of a new key once its copy is younger than the key', () => {
  readAt(0, KNOWN);
  sim.scheduleAt(
    ms(10),
    () => {
      rows.add(NEW);
      link.call({ command: 'add', key: NEW }, new RequestContext(1000, sim.now)).begin({ resume() {}, fail() {} });
    },
    undefined,
    0,
  );
  const blind = readAt(99, NEW);
  const fetching = readAt(100, NEW);
  const seeing = readAt(103, NEW);
  sim.runUntil(ms(2000));
  expect(blind.row).toEqual({ key: NEW, version: 0, absent: true });
  expect(fetching.row).toEqual({ key: NEW, version: 0, absent: true });
  expect(seeing.row).toEqual({ key: NEW, version: 1 });
  expect(server.state()['keys added']).toBe(1);
});

it('says of a key that it let through whether that was right', () => {
  readAt(0, KNOWN);
  rows.delete(KNOWN);
  readAt(10, KNOWN);
  sim.runUntil(ms(2000));
  expect(verdicts).toEqual(['mistaken']);
});
