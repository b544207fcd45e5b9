/** The claims about delivery semantics away from their defaults, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import deliverySemantics from '../../../scenarios/messaging/delivery-semantics.ts';
import { ms, parseIntervention, run, s, type ParameterValues, type Recording } from '../../../sim-core/index.ts';

const VARIANTS = Object.keys(deliverySemantics.variants);

const failed = ({ expectations }: Recording): string[] =>
  expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${text}, measured ${actual}`);

const total = (recording: Recording, signal: string): number =>
  recording.signals.find(({ name }) => name === signal)!.summary['total'];

const doubled = (variant: string, params: ParameterValues, ...interventions: string[]): number =>
  total(
    run(deliverySemantics, { variant, params, interventions: interventions.map(parseIntervention) }),
    'effects.bookings.doubled',
  );

describe.each<[string, ParameterValues]>([
  ['two consumers', { consumers: 2, rate: 80 }],
  ['slow work', { workTime: ms(200), payTime: ms(100), rate: 60, consumers: 6 }],
  ['few faults', { killEvery: s(3), disconnectEvery: s(2), rate: 100 }],
  ['more orders than can be done', { concurrency: 1, rate: 100, length: s(12) }],
])('with %s', (_name, params) => {
  it.each(VARIANTS)('%s holds its claims', (variant) => {
    expect(failed(run(deliverySemantics, { variant, params }))).toEqual([]);
  });
});

describe('as the guide says', () => {
  it('a check before the act fails where two have the message at once, and hardly where one dies', () => {
    const together = doubled('check-then-act', { killEvery: s(60) });
    const dying = doubled('check-then-act', { disconnectEvery: s(60) });
    expect(together).toBeGreaterThan(50);
    expect(dying).toBeGreaterThan(0);
    expect(dying).toBeLessThan(together / 2);
  });

  it('two at once wait for each other at the index, so nobody pays twice unless one dies', () => {
    const recording = run(deliverySemantics, {
      variant: 'unique-key-in-transaction',
      params: { killEvery: s(60) },
    });
    expect(total(recording, 'effects.payments.doubled')).toBe(0);
    expect(total(recording, 'messaging.client.redelivered.messages')).toBeGreaterThan(50);
  });

  it('what comes again after its id was deleted is booked again', () => {
    const outage = '10s:kill:rabbit:seconds=5';
    expect(doubled('unique-key-in-transaction', { retention: s(1) }, outage)).toBeGreaterThan(0);
    expect(doubled('unique-key-in-transaction', {}, outage)).toBe(0);
  });

  it('automatic acknowledgement knows no prefetch: what waits in the process is lost with it', () => {
    const lost = (params: ParameterValues): number =>
      run(deliverySemantics, { variant: 'at-most-once', params }).signals.find(
        ({ name }) => name === 'effects.bookings.lost',
      )!.summary['max'];
    expect(lost({ concurrency: 3, prefetch: 100 })).toBeGreaterThan(1.3 * lost({}));
  });
});
