/** The claims about the models away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import brokerModels from '../../../scenarios/messaging/broker-models.ts';
import { ms, parseIntervention, run, s, type ParameterValues, type Recording } from '../../../sim-core/index.ts';

const VARIANTS = Object.keys(brokerModels.variants);

const failed = ({ expectations }: Recording): string[] =>
  expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}, measured ${actual}`);

const total = (recording: Recording, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.summary['total'];

describe.each<[string, ParameterValues]>([
  ['two consumers a service', { consumers: 2, rate: 100 }],
  ['slow work', { workTime: ms(20), rate: 80, consumers: 6 }],
  ['an audit that comes when users are about to stop', { lateAt: s(17) }],
  ['a crash while a consumer is away', { crashAt: s(5) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(run(brokerModels, { variant, params }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  it('faster work inverts less', () => {
    const inversions = (workTime: number): number =>
      total(run(brokerModels, { variant: 'exchange', params: { workTime } }), 'broker_models.inversions');
    expect(inversions(ms(1))).toBeLessThan(inversions(ms(6)) / 2);
  });

  it('what was trimmed before the audit came cannot be read again', () => {
    const recording = run(brokerModels, {
      variant: 'stream',
      interventions: [parseIntervention('10s:trim:redis:length=100')],
    });
    // A hundred, and what came in the second after.
    expect(total(recording, 'broker_models.replayed')).toBeLessThan(500);
  });

  it('a topic handles again what was handled since the last commit', () => {
    expect(total(run(brokerModels, { variant: 'topic' }), 'broker_models.duplicates')).toBeGreaterThan(0);
  });
});
