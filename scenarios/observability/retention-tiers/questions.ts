/**
 * The questions that are asked of the archive, every ten days or at the end of a month, and what is made of its answers by whoever
 * knows what was.
 */
import {
  BackgroundRequests,
  days,
  defineFact,
  defineSignal,
  Link,
  register,
  spawn,
  type ArchiveAnswer,
  type ArchiveQuestion,
  type Behaviour,
  type Component,
  type Simulation,
  type TelemetryArchive,
  type Time,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { DAY, HOUR, MINUTE, type History } from './history.ts';
import type { Values } from './params.ts';

export const ASKED_EVERY = days(10);
export const MONTH = days(30);

export const QUESTIONS = ['spike', 'month_p99', 'month_mean', 'log_line'] as const;
type Name = (typeof QUESTIONS)[number];

export const durationOf = (question: Name): string => `question.${question}.duration`;
export const errorOf = (question: Name): string => `question.${question}.error`;
export const verdictOf = (question: Name): string => `question.${question}.verdict`;

/** From what is best to what is worst: nobody knows of a wrong answer that it is. */
export const RIGHT = 3;
export const APPROXIMATE = 2;
export const NO_ANSWER = 1;
export const WRONG = 0;

const ASKED: Readonly<Record<Name, string>> = {
  spike: 'how high the spike of that day was, and when',
  month_p99: 'the 99th percentile of the month that is over',
  month_mean: 'the mean of the month that is over',
  log_line: "one customer's line of the log of some weeks ago",
};

const questionAnswered = defineFact(
  'question.answered',
  'Somebody has the answer to a question, or knows that there is none',
  {
    question: 'text',
    request: 'request',
    duration: 'duration',
    error: 'number',
    verdict: 'number',
  },
);

export const questionSignals = QUESTIONS.flatMap((question) => [
  defineSignal({
    name: verdictOf(question),
    kind: 'gauge',
    unit: '{grade}',
    help: `What the last answer is worth, asked for ${ASKED[question]}: 3 right, 2 approximate, 1 none, 0 wrong`,
    fact: questionAnswered,
    where: (fact) => fact.question === question,
    value: ({ verdict }) => verdict,
    of: (fact) => fact.question,
  }),
  defineSignal({
    name: errorOf(question),
    kind: 'gauge',
    unit: '1',
    help: `By what share of what is true the last answer is off, asked for ${ASKED[question]}; 1 without one, 0 until it is asked`,
    fact: questionAnswered,
    where: (fact) => fact.question === question,
    value: ({ error }) => error,
    of: (fact) => fact.question,
  }),
  defineSignal({
    name: durationOf(question),
    kind: 'histogram',
    unit: 's',
    help: `Time until there is an answer, or it is known that there is none, asked for ${ASKED[question]}`,
    fact: questionAnswered,
    where: (fact) => fact.question === question && fact.duration > 0,
    value: ({ duration }) => duration,
  }),
]);

/** What an answer is worth: right if it is exact and as fine as was asked. */
export function verdict(
  answer: ArchiveAnswer,
  truth: number,
  width: number,
  tolerance: number,
): { error: number; verdict: number } {
  if (answer.value === undefined) return { error: 1, verdict: NO_ANSWER };
  const error = Math.abs(answer.value - truth) / truth;
  if (error > tolerance) return { error, verdict: WRONG };
  return { error, verdict: error < 1e-9 && answer.width <= width ? RIGHT : APPROXIMATE };
}

export class Analysts implements Component {
  readonly name = 'analysts';
  readonly kind = 'client';
  readonly help = 'Ask two questions every ten days, and two at the end of each month';
  readonly signals = questionSignals;
  readonly interventions = {};
  private asked = 0;

  constructor(sim: Simulation, p: Values, archive: TelemetryArchive, history: History) {
    const requests = new BackgroundRequests(sim);
    const link = new Link<ArchiveQuestion, ArchiveAnswer>(sim, archive.questions, { from: this.name, delay: nearby });
    const answered = sim.facts.channel(questionAnswered);
    const ask = function* (name: Name, query: ArchiveQuestion, truth: number, width: number): Behaviour {
      const request = requests.next();
      const answer = yield* link.call(query, request);
      const { error, verdict: worth } = verdict(answer, truth, width, p.tolerance);
      const duration = sim.now - request.started;
      if (answered.heard) answered.emit({ question: name, request: request.id, duration, error, verdict: worth });
    };
    const metrics = (name: Name, about: 'maximum' | 'mean' | 'p99', from: Time, to: Time, width: number): void => {
      const truth = TRUTHS[about](history.within(from, to));
      // Where it does not matter when it was, any width is fine enough.
      spawn(sim, name, ask(name, { about, from, to, width }, truth, about === 'maximum' ? width : MONTH));
      this.asked++;
    };
    const kind = sim.eventKind('analysts ask');
    const round = (): void => {
      const today = Math.floor(sim.now / DAY) * DAY;
      const spikeDay = p.spikeDay * DAY;
      if (today > spikeDay) metrics('spike', 'maximum', spikeDay, spikeDay + DAY, MINUTE);
      if (today % MONTH === 0) {
        metrics('month_p99', 'p99', today - MONTH, today, MINUTE);
        metrics('month_mean', 'mean', today - MONTH, today, HOUR);
      }
      const written = today - p.lineAge * DAY;
      if (written >= 0) {
        spawn(sim, 'log_line', ask('log_line', { about: 'log line', at: written }, 1, MINUTE));
        this.asked++;
      }
      sim.schedule(ASKED_EVERY, round, undefined, kind);
    };
    const begin = (): void => {
      if (!answered.heard) return;
      for (const question of QUESTIONS) {
        answered.emit({ question, request: requests.next().id, duration: 0, error: 0, verdict: NO_ANSWER });
      }
    };
    // Who records listens from the start of the run on.
    sim.schedule(0, begin, undefined, sim.eventKind('nothing is asked yet'));
    // An hour after midnight: the day that is over is written and compacted.
    sim.schedule(ASKED_EVERY + HOUR + MINUTE, round, undefined, kind);
    register(sim, this);
  }

  state(): Readonly<Record<string, number>> {
    return { 'questions asked': this.asked };
  }

  violations(): readonly string[] {
    return [];
  }
}

const TRUTHS: Readonly<Record<'maximum' | 'mean' | 'p99', (values: Float64Array) => number>> = {
  maximum: (values) => values.reduce((most, value) => Math.max(most, value), 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  p99: (values) => values.sort()[Math.floor(0.99 * values.length)],
};
