/**
 * What the reader's last change did to the run: the figures that moved most, against the run before it, and
 * first of all those that the scenario makes claims about. Who tries one
 * remedy after another, or drags a slider, changes one thing several times: all of that is held against the run with
 * which it began.
 */
import { chartsOf, type RecordedSignal, type Recording, type Scenario } from '../../sim-core/index.ts';
import { changesBetween, type Change } from './change.ts';
import { differenceText, valuesOf, type Experiment } from './experiment.ts';
import { shortName } from './signal-style.ts';

/** An experiment and what its run came to; series are not kept. */
export interface Outcome {
  readonly experiment: Experiment;
  readonly signals: readonly Pick<RecordedSignal, 'name' | 'kind' | 'unit' | 'help' | 'summary'>[];
}

export const outcomeOf = (experiment: Experiment, { signals }: Pick<Recording, 'signals'>): Outcome => ({
  experiment,
  signals: signals.map(({ name, kind, unit, help, summary }) => ({ name, kind, unit, help, summary })),
});

/** Which things differ: the variant, the seed, what is done, parameters by their names; the same for the same things. */
export function whatDiffers(a: Experiment, b: Experiment): string {
  const names = [...new Set([...Object.keys(a.changed), ...Object.keys(b.changed)])].toSorted();
  return [
    ...(a.variant === b.variant ? [] : ['the variant']),
    ...(String(a.seed) === String(b.seed) ? [] : ['the seed']),
    ...(JSON.stringify(a.interventions) === JSON.stringify(b.interventions) ? [] : ['what is done']),
    ...names.filter((name) => a.changed[name] !== b.changed[name]),
  ].join(', ');
}

/** The run that the next one is held against, after a run of `before` was followed by one of another experiment. */
export function baseline(known: Outcome | undefined, before: Outcome, now: Experiment): Outcome | undefined {
  const from = known && whatDiffers(known.experiment, before.experiment);
  const next = whatDiffers(before.experiment, now);
  if (next === '') return known;
  const kept = known && from === next ? known : before;
  return whatDiffers(kept.experiment, now) === '' ? undefined : kept;
}

/** What is told of a change: in few words what it was, and what became of the figures that it moved most. */
export interface ChangeStory {
  readonly what: string;
  readonly figures: readonly { readonly label: string; readonly text: string }[];
}

const FIGURES_MAX = 3;

export function changeStory(scenario: Scenario, before: Outcome, now: Outcome): ChangeStory {
  const atStake = claimedBy(scenario, before);
  const claimed = claimedBy(scenario, before, now);
  const charted = [now, before].flatMap(({ experiment }) => chartsOf(scenario, valuesOf(scenario, experiment)));
  const moved = changesBetween(before, now, [...new Set([...claimed, ...charted])]).filter(
    ({ direction }) => direction === 'up' || direction === 'down',
  );
  // What the run before showed first, then what only this one is held to, then all else.
  const rank = (change: Change): number =>
    extent(change) + [atStake, claimed].filter((names) => names.has(change.signal.name)).length;
  const foremost = new Set(moved.toSorted((a, b) => rank(b) - rank(a)).slice(0, FIGURES_MAX));
  // In the order in which the scenario tells its story.
  const told = moved.filter((change) => foremost.has(change));
  const labels = labelsOf(told);
  return {
    what: differenceText(scenario, before.experiment, now.experiment),
    figures: told.map((change, i) => ({ label: labels[i], text: textOf(change) })),
  };
}

/**
 * What the variants are held to is what the scenario is about. A setting that only one of them has moves from nothing to
 * something, further than any of that, and says little.
 */
function claimedBy({ expect }: Scenario, ...outcomes: readonly Outcome[]): ReadonlySet<string> {
  const expectations = outcomes.flatMap(({ experiment }) => expect[experiment.variant] ?? []);
  return new Set(expectations.flatMap(({ claim }) => claim?.measure.subject?.signal ?? []));
}

/** How far two values are apart, as a share of the larger: 1 is all of it. */
const extent = ({ was, now }: Change): number => Math.abs(now - was) / Math.max(Math.abs(was), Math.abs(now));

/** Short names, and as many more words of the signal's as tell those apart that would be called the same. */
function labelsOf(changes: readonly Change[]): string[] {
  const several = changes.filter(({ signal }) => signal.kind === 'histogram').length > 1;
  const labels = changes.map(({ signal, figure }) => {
    const name = shortName(signal.name);
    if (signal.kind !== 'histogram') return name;
    return several ? `${figure} of ${name}` : figure;
  });
  const isAmbiguous = (label: string): boolean => labels.indexOf(label) !== labels.lastIndexOf(label);
  for (let words = 2; labels.some(isAmbiguous); words++) {
    const alike = labels.map(isAmbiguous);
    changes.forEach(({ signal }, i) => {
      if (alike[i]) labels[i] = signal.name.split('.').slice(-words).join(' ').replaceAll('_', ' ');
    });
  }
  return labels;
}

const textOf = ({ wasText, nowText }: Change): string => `${wasText} → ${nowText}`;
