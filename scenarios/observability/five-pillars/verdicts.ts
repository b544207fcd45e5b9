/** How the team's answers compare with what is true, which nobody but the experimenter knows. */
import {
  defineReading,
  defineSignal,
  requestCompleted,
  type Fact,
  type FactChannel,
  type SignalDefinition,
  type Simulation,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import { QUESTIONS, type Answers, type Question } from './questions.ts';
import { TRUTH } from './shop.ts';

/** Of one question, when it is asked: 1 for a right answer, 0 for a wrong one or none. */
const judged = defineReading('five_pillars.judged', 'The team asked a question, and its answer is right or not', {
  question: 'text',
  isRight: 'number',
  isWrong: 'number',
});

export const RIGHT = 'five_pillars.right';
export const WRONG = 'five_pillars.wrong';
export const rightOf = (question: Question): string => `five_pillars.${question}.right`;

const HELP: Readonly<Record<Question, string>> = {
  since_when: 'since when requests are slow',
  which_endpoint: 'which endpoint is slow',
  which_hop: 'which service takes the time',
  which_customer: 'whose requests are slow',
  how_many_users: 'how many users had a slow request',
  which_code: 'which function takes the processor time',
  what_changed: 'what was changed',
};

const gauge = (
  name: string,
  help: string,
  of: (fact: Fact<typeof judged>) => number,
  only?: Question,
): SignalDefinition =>
  defineSignal({
    name,
    kind: 'gauge',
    unit: '{question}',
    help,
    fact: judged,
    ...(only && { where: ({ question }: Fact<typeof judged>) => question === only }),
    value: of,
    of: ({ question }) => question,
  });

export const verdictSignals: readonly SignalDefinition[] = [
  gauge(RIGHT, 'Questions that the team can answer rightly now, of seven', ({ isRight }) => isRight),
  gauge(WRONG, 'Questions to which its answer is wrong', ({ isWrong }) => isWrong),
  ...QUESTIONS.map((question) =>
    gauge(rightOf(question), `1 while the team knows ${HELP[question]}`, ({ isRight }) => isRight, question),
  ),
];

/** The number of users may be off by so much of itself. */
const COUNT_TOLERANCE = 0.1;

export class Verdicts {
  private readonly p: Values;
  private readonly told: FactChannel<Fact<typeof judged>>;
  /** Whose requests took too long since the change. */
  private readonly affected = new Set<number>();

  constructor(sim: Simulation, p: Values) {
    this.p = p;
    this.told = sim.facts.channel(judged);
    sim.facts.channel(requestCompleted).listen(({ key, duration }) => {
      if (sim.now - duration >= p.changeAt && duration > p.target) this.affected.add(key);
    });
  }

  judge(answers: Answers): void {
    if (!this.told.heard) return;
    for (const question of QUESTIONS) {
      const answer = answers[question];
      const isRight = answer !== undefined && this.isRight(question, answer);
      this.told.emit({ question, isRight: isRight ? 1 : 0, isWrong: answer !== undefined && !isRight ? 1 : 0 });
    }
  }

  private isRight(question: Question, answer: string | number): boolean {
    switch (question) {
      case 'since_when':
        return Math.abs(Number(answer) - this.p.changeAt) <= this.p.tolerance;
      case 'which_endpoint':
        return answer === TRUTH.route;
      case 'which_hop':
        return answer === TRUTH.hop;
      case 'which_customer':
        return answer === TRUTH.tenant;
      case 'how_many_users':
        return Math.abs(Number(answer) - this.affected.size) <= COUNT_TOLERANCE * this.affected.size;
      case 'which_code':
        return answer === TRUTH.code;
      case 'what_changed':
        return answer === TRUTH.change;
    }
  }
}
