/** The model beside a real nats-server: 500 scripts without a difference, and faults in the model that are found. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { styleFor } from '../../../../../scenarios/cli/reporters/style.ts';
import { agrees, compare, OCCURRENCES_MIN, scriptsOf } from '../../../../../scenarios/cli/twin/comparison.ts';
import { modelOf } from '../../../../../scenarios/cli/twin/nats/nats-model.ts';
import { natsTwin } from '../../../../../scenarios/cli/twin/nats/nats-twin.ts';
import type { NatsScript, NatsStep } from '../../../../../scenarios/cli/twin/nats/steps.ts';
import { asText } from '../../../../../scenarios/cli/twin/report.ts';
import type { RealServer } from '../../../../../scenarios/cli/twin/twin.ts';

const program = natsTwin.findProgram();
const isLeftOut = program === undefined && process.env.CI === undefined;
const options = { scripts: 500, seed: 1, interrupted: new AbortController().signal, progress: () => {} };

describe.skipIf(isLeftOut)(`beside ${program ?? 'a nats-server, which is not on this machine'}`, () => {
  let server: RealServer<NatsStep>;
  beforeAll(async () => {
    server = await natsTwin.start(program!);
  });
  afterAll(() => server.stop());

  it('answers 500 scripts as the server does, with every operation and option in at least 20 of them', async () => {
    const started = performance.now();
    const comparison = await compare(natsTwin, server, options);
    const seconds = (performance.now() - started) / 1000;
    console.log(asText(natsTwin, { ...comparison, version: server.version, seed: 1, seconds }, styleFor(false)));
    expect(comparison.differences).toEqual([]);
    expect(agrees(comparison), JSON.stringify(comparison.unstable)).toBe(true);
    expect(comparison.scripts).toBe(500);
    expect([...comparison.occurrences].filter(([, count]) => count < OCCURRENCES_MIN)).toEqual([]);
  });

  /** Scripts that let no time pass, with what the server answered. */
  let played: readonly { readonly script: NatsScript; readonly answers: unknown }[];
  beforeAll(async () => {
    const quick = scriptsOf(natsTwin, 120, 2).filter((script) => !script.some(({ op }) => op === 'wait'));
    const answers = await Promise.all(quick.map((script) => server.play(script, 1)));
    played = quick.map((script, i) => ({ script, answers: plain(answers[i]) }));
  });

  it.each<[string, (step: NatsStep) => NatsStep]>([
    [
      'a nak that acknowledges',
      (step) => (step.op === 'settle' && step.how === 'nak' ? { ...step, how: 'ack' } : step),
    ],
    [
      'a consumer without a limit of what may be pending',
      (step) => (step.op === 'consumer' ? { ...step, options: { ...step.options, max_ack_pending: 99 } } : step),
    ],
    [
      'a queue group whose members all get a copy',
      (step) =>
        step.op === 'subscribe' ? { op: 'subscribe', connection: step.connection, pattern: step.pattern } : step,
    ],
  ])('finds %s', (_, fault) => {
    const answersAlike = (model: typeof modelOf, { script, answers }: (typeof played)[number]): boolean =>
      isDeepStrictEqual(plain(model(script)), answers);
    const faulty = (script: NatsScript): readonly unknown[] => modelOf(script.map(fault));
    expect(played.filter((each) => answersAlike(modelOf, each) && !answersAlike(faulty, each)).length).toBeGreaterThan(
      0,
    );
  });
});

const plain = (answers: unknown): unknown => JSON.parse(JSON.stringify(answers));
