/** What is judged of a trace, by the spans that came of it. */
import { expect, it } from 'vitest';
import { TraceBook, traceJudged } from '../../../../scenarios/observability/application/trace-book.ts';
import { s, Simulation, type SpanData } from '../../../../sim-core/index.ts';

const TRACE = 'a'.repeat(32);
const span = (spanId: string, parentSpanId: string): SpanData =>
  ({ context: { traceId: TRACE, spanId }, parentSpanId }) as SpanData;
const root = span('1', '');
const child = span('2', '1');

/** Of a trace of two spans of which these came, each sampled by the probability. */
function judged(stored: readonly SpanData[], probability: number | undefined): object {
  const sim = new Simulation();
  const told: object[] = [];
  sim.facts.channel(traceJudged).listen((fact) => void told.push({ ...fact }));
  const book = new TraceBook(sim, s(1));
  book.began(TRACE, 1);
  for (const one of [root, child]) book.recorded(one);
  book.answered(TRACE, 'ordinary');
  for (const one of stored) book.stored(one, probability);
  sim.runUntil(s(2));
  expect(told).toHaveLength(1);
  return told[0];
}

it('a span that comes twice is one', () => {
  expect(judged([root, root], 0.5)).toMatchObject({ kept: 'cut', looksCut: false, stands: 2 });
  expect(judged([child, child], 0.5)).toMatchObject({ kept: 'cut', looksCut: true, stands: 0 });
});

it('a trace stands for none where only the least rate of its operation kept it', () => {
  expect(judged([root, child], undefined)).toMatchObject({ kept: 'whole', looksCut: false, stands: 0 });
});
