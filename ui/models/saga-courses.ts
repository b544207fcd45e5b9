/**
 * One bar a saga: which of its steps' effects stand at the cursor, which were undone, which step was refused; those that are
 * stuck first. Read from what participants said of each command that they carried out (`saga.command`), of the sagas whose
 * facts were kept.
 *
 * A saga is half done while some effects stand and others do not, or one stands twice, as the experimenter's book counts it. It
 * is stuck where nothing happens to it any more until the run ends, for longer than any saga has paused that came through: one that
 * rests as long as that may still be under way.
 */
import { firstAfter, type Recording } from '../../sim-core/index.ts';
import { rowsOf, type Rows } from './rows.ts';

/** What the figure is called. */
export const SAGAS_TITLE = 'Sagas, those that are stuck first';

/** Bars at most; of the others there is a count. */
export const BARS_MAX = 12;

export type Step = 'open' | 'done' | 'undone' | 'refused';
/** `refused`: at the first step, so that there was nothing to undo. */
export type Standing = 'stuck' | 'under way' | 'compensated' | 'refused' | 'completed';

/** Standings in the order of their bars. */
export const STANDINGS: readonly Standing[] = ['stuck', 'under way', 'compensated', 'refused', 'completed'];

/** What a participant did for one saga. */
interface Move {
  readonly time: number;
  readonly step: number;
  /** An effect more, or less; 0: it refused. */
  readonly change: number;
}

interface Course {
  readonly request: number;
  readonly moves: readonly Move[];
}

export interface SagaCourses {
  /** Who does each step, in order. */
  readonly steps: readonly string[];
  /** By the request that each was begun for. */
  readonly byRequest: ReadonlyMap<number, Course>;
  /** The longest that a saga rested which came through, in nanoseconds. */
  readonly longestRest: number;
  readonly rows: Rows;
  /** One request in so many was kept. */
  readonly sampledOneIn: number;
}

export interface SagaBar {
  readonly request: number;
  readonly steps: readonly Step[];
  readonly standing: Standing;
  /** When anything happened to it last, in nanoseconds. */
  readonly since: number;
}

/** Undefined where a run has no sagas. */
export function sagaCourses(recording: Recording): SagaCourses | undefined {
  const { facts } = recording;
  const told = facts.tables.find(({ kind }) => kind === 'saga.command');
  if (!told || told.rows === 0) return undefined;
  const { request, step, change, answer, repeat } = told.columns;
  const steps = facts.texts[told.columns.steps[0]].split(', ');
  const courses = new Map<number, { readonly request: number; readonly moves: Move[] }>();
  for (let row = 0; row < told.rows; row++) {
    const isRefusal = facts.texts[answer[row]] === 'refused' && repeat[row] === 0;
    if (change[row] === 0 && !isRefusal) continue;
    const course = courses.get(request[row]) ?? { request: request[row], moves: [] };
    courses.set(request[row], course);
    course.moves.push({ time: told.times[row], step: step[row], change: change[row] });
  }
  let longestRest = 0;
  for (const { moves } of courses.values()) {
    if (standingOf(effectsOf(moves, steps.length)) === 'half') continue;
    for (let i = 1; i < moves.length; i++) longestRest = Math.max(longestRest, moves[i].time - moves[i - 1].time);
  }
  return { steps, byRequest: courses, longestRest, rows: rowsOf(recording), sampledOneIn: facts.sampledOneIn };
}

/** The sagas that had begun by an instant, those that are stuck first and the one that rests longest first of all. */
export function barsAt(sagas: SagaCourses, time: number): SagaBar[] {
  const bars = [...sagas.byRequest.keys()].flatMap((request) => barOf(sagas, request, time) ?? []);
  const place = ({ standing }: SagaBar): number => STANDINGS.indexOf(standing);
  // Of those that have ended, what ended last is what the reader has just seen.
  const order = (bar: SagaBar): number => (place(bar) < 2 ? bar.since : -bar.since);
  return bars.toSorted((a, b) => place(a) - place(b) || order(a) - order(b) || a.request - b.request);
}

/** One saga at an instant; undefined before anybody has done anything for it. */
export function barOf(sagas: SagaCourses, request: number, time: number): SagaBar | undefined {
  const course = sagas.byRequest.get(request);
  const happened =
    course?.moves.slice(
      0,
      firstAfter(
        course.moves.map((move) => move.time),
        time,
      ),
    ) ?? [];
  const last = happened.at(-1);
  if (!course || !last) return undefined;
  const effects = effectsOf(happened, sagas.steps.length);
  const steps = effects.map((times, step): Step => {
    if (times !== 0) return 'done';
    const change = happened.findLast((move) => move.step === step)?.change;
    return change === undefined ? 'open' : change === 0 ? 'refused' : 'undone';
  });
  const rests = sagas.rows.duration - last.time > sagas.longestRest && happened.length === course.moves.length;
  return { request, steps, standing: standingAs(standingOf(effects), steps, rests), since: last.time };
}

function standingAs(effects: 'none' | 'all' | 'half', steps: readonly Step[], rests: boolean): Standing {
  if (effects === 'all') return 'completed';
  if (effects === 'none') return steps.includes('undone') ? 'compensated' : 'refused';
  return rests ? 'stuck' : 'under way';
}

/** How often each step's effect stands after these moves. */
function effectsOf(moves: readonly Move[], steps: number): number[] {
  const effects = Array.from({ length: steps }, () => 0);
  for (const { step, change } of moves) effects[step] += change;
  return effects;
}

function standingOf(effects: readonly number[]): 'none' | 'all' | 'half' {
  if (effects.every((times) => times === 0)) return 'none';
  return effects.every((times) => times === 1) ? 'all' : 'half';
}
