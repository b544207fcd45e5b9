/** An exercise in words: goals by what has to change, hints out of definition and guide, and what is to be foretold. */
import { describe, expect, it } from 'vitest';
import { guideOf } from '../../../scenarios/guides.ts';
import { catalogue } from '../../../scenarios/index.ts';
import { exercisesOf, headlineOf, run, waysOf } from '../../../sim-core/index.ts';
import { heldOf, nearestOf, questionOf, waysShown } from '../../../ui/models/exercise.ts';
import { designText, lockedText, settingsText } from '../../../ui/models/exercise-design.ts';
import { hintsOf, remedyRow } from '../../../ui/models/exercise-hints.ts';
import { parseGuide } from '../../../ui/models/guide.ts';
import { small } from '../../sim-core/lab/exercises/small-exercise.ts';

const [exercise] = exercisesOf(small);
const ran = (params: Record<string, number>) => run(small, { variant: 'unbounded', params });
const given = ran({});
const givenWays = waysOf(small, exercise, given);

const guide = parseGuide(
  [
    '## Remedies and their price',
    '',
    '| variant | what it does | its price |',
    '| --- | --- | --- |',
    '| `bounded` | lets **few** wait | some are refused |',
    '',
  ].join('\n'),
);

describe('goals', () => {
  it('are told by what the pitfall refutes and what holds there, with how far each is', () => {
    const { signals, header } = ran({ queueMax: 25 });
    const ways = waysOf(small, exercise, { signals, header });
    const [bounded, later] = waysShown(small, givenWays, ways, signals);
    expect(bounded).toEqual({
      remedy: 'bounded',
      solved: false,
      changes: [
        { place: 0, text: 'peak of db.client.connection.pending_requests is at most 20', holds: false, now: '25' },
      ],
      keeps: [{ place: 1, text: expect.stringMatching(/is at least 1,000$/) as string, holds: true, now: '3,553' }],
    });
    expect(later).toMatchObject({ solved: true, keeps: [] });
    expect(ways.map(heldOf)).toEqual([
      { held: 1, of: 2 },
      { held: 1, of: 1 },
    ]);
    expect(nearestOf(ways)).toBe(1);
  });

  it('have values in their signal’s unit', () => {
    const { scenario } = catalogue.find((entry) => entry.scenario.id === 'backpressure')!;
    const [task] = exercisesOf(scenario);
    const { signals, header } = run(scenario, { variant: task.pitfall, params: { length: 20e9 } });
    const ways = waysOf(scenario, task, { signals, header });
    const told = waysShown(scenario, ways, ways, signals).flatMap(({ changes, keeps }) => [...changes, ...keeps]);
    const memory = told.find(({ text }) => text.startsWith('peak of process.memory.usage'))!;
    expect(memory.text).toMatch(/ is at most [\d.]+\u00a0MiB$/);
    expect(memory.now).toMatch(/^\d+\u00a0MiB$/);
    const { ask, answers } = questionOf(scenario, headlineOf(scenario, ways)!, ways, signals);
    expect(ask).toMatch(/ was .+ as given\. What will it come to\?$/u);
    expect(answers.holds).toMatch(/^at (least|most) .+: the goal$/);
  });
});

describe('hints', () => {
  it('go from where to what, and say neither a remedy’s name nor a value that does it', () => {
    const hints = hintsOf(small, exercise, guide, {
      headline: headlineOf(small, givenWays),
      ways: givenWays,
      signals: given.signals,
    });
    const words = hints.map(({ title, lines }) => [title, JSON.stringify(lines)].join(': '));
    expect(words).toHaveLength(3);
    expect(words[0]).toMatch(
      /^Where to look: .*peak of db\.client\.connection\.pending_requests .* at most 20 is asked/,
    );
    expect(words[1]).toMatch(/^What helps: .*"few"/);
    expect(words[2]).toMatch(
      /^What to set: .*One repair sets queueMax, lower than now.*queueMax, lower than now and day/,
    );
    expect(words.join(' ')).not.toMatch(/bounded|tuesday|30/);
    expect(words[2]).not.toContain('20');
  });

  it('find the price in the guides of the catalogue, for each way of the index’s fourteen', () => {
    const silent = catalogue
      .filter(({ scenario }) => scenario.pitfall !== undefined)
      .flatMap(({ scenario }) => {
        const sections = parseGuide(guideOf(scenario.id));
        return exercisesOf(scenario)
          .flatMap(({ ways }) => ways)
          .filter((remedy) => remedyRow(sections, remedy) === undefined)
          .map((remedy) => `${scenario.id} ${remedy}`);
      });
    expect(silent).toEqual([]);
  });
});

it('says what is set and what is locked by its values with their units', () => {
  expect(settingsText(small, {})).toBe('as given');
  expect(settingsText(small, { queueMax: 20, lamp: true })).toBe('queueMax 20, lamp true');
  const deed = { at: 12.3e9, action: 'flush', target: 'cache-1' };
  expect(designText(small, { params: { lamp: true }, interventions: [deed] })).toBe(
    'lamp true; flush cache-1 at 12.3s',
  );
  expect(lockedText(small, exercise)).toBe('load 900/s, cores 2');
});
