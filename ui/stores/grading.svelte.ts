/**
 * Many attempts judged in the page, as `brownout grade` judges them: each file is read, all of its runs are computed again by
 * workers, a policy's in a frame that can reach nothing, and what they say stands beside what the file
 * says. A file that is refused, or whose runs fail, is named, and the others are judged all the same.
 */
import { definitions } from 'virtual:brownout/definitions';
import { guides } from 'virtual:brownout/guides';
import { scenarios } from 'virtual:brownout/scenarios';
import {
  judgeForetelling,
  predictionsJudged,
  runsForetold,
  type ForetellingJudged,
} from '../../scenarios/foretellings.ts';
import type { CatalogueEntry } from '../../scenarios/index.ts';
import {
  endedOutside,
  policySeeds,
  readPolicyAttempt,
  type PolicyAttempt,
} from '../../scenarios/own-policy/attempt.ts';
import { policyRows, type RunPolicy } from '../../scenarios/own-policy/grade-sheet.ts';
import type { Prompt } from '../../scenarios/prompts.ts';
import {
  AttemptError,
  changesSince,
  exerciseOf,
  gradeRows,
  judgementOf,
  openAttempt,
  readAttempt,
  runsToJudge,
  type Attempt,
  type Graded,
  type JudgedRun,
} from '../../sim-core/index.ts';
import { Court } from '../policy/court.ts';
import type { Engine } from '../worker/engine.ts';
import { computeAll } from '../worker/pool.ts';
import type { RunRequest } from '../worker/simulator.ts';

/** A file by its name, or its path within the folder that was chosen. */
export interface NamedFile {
  readonly name: string;
  readonly content: Blob;
}

/** A file that was not judged, and why. */
export interface Refused {
  readonly file: string;
  readonly why: string;
}

export class Grading {
  graded = $state.raw<readonly Graded[]>([]);
  /** Policies of learners' own. */
  run = $state.raw<readonly RunPolicy[]>([]);
  refused = $state.raw<readonly Refused[]>([]);
  /** Code words that were given out; undefined where any will do. */
  words = $state.raw<readonly string[]>();
  /** Files, and how many of them are done. */
  files = $state(0);
  done = $state(0);
  runs = $state(0);
  runsDone = $state(0);
  running = $state(false);
  #stop = new AbortController();
  readonly #court = new Court();

  readonly rows = $derived(gradeRows(this.graded, this.words));
  readonly policies = $derived(policyRows(this.run, definitions['eviction'], this.words));

  /** Judges files one after another, each one's runs side by side; whatever was judged before is forgotten. */
  async judge(files: readonly NamedFile[]): Promise<void> {
    this.clear();
    const { signal } = this.#stop;
    this.files = files.length;
    this.running = true;
    for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      try {
        const text = await file.content.text();
        const policy = readPolicyAttempt(text);
        if (policy) await this.#judgePolicy(file.name, policy, signal);
        else await this.#judgeAttempt(file.name, text, signal);
        if (signal.aborted) return;
      } catch (error) {
        if (signal.aborted) return;
        this.refused = [...this.refused, { file: file.name, why: whyRefused(error) }];
      }
      this.done += 1;
    }
    this.running = false;
  }

  /** Gives up what is not done; what is stays. */
  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.running = false;
  }

  clear(): void {
    this.stop();
    this.graded = [];
    this.run = [];
    this.refused = [];
    this.files = 0;
    this.done = 0;
  }

  close(): void {
    this.stop();
    this.#court.close();
  }

  async #judgePolicy(file: string, attempt: PolicyAttempt, signal: AbortSignal): Promise<void> {
    this.runs = policySeeds(attempt.seed).length;
    this.runsDone = 0;
    const verdicts = await this.#court.judgeAgain(attempt, (done) => (this.runsDone = done), signal);
    const why = endedOutside(verdicts);
    if (why !== undefined) throw new Error(why);
    this.run = [...this.run, { file, attempt, verdicts }];
  }

  async #judgeAttempt(file: string, text: string, signal: AbortSignal): Promise<void> {
    const opened = openAttempt(text);
    const { scenario: id } = opened;
    if (!Object.hasOwn(scenarios, id)) throw new AttemptError(`scenario: there is no scenario ${id} in the catalogue`);
    const { default: scenario } = await scenarios[id]();
    const definition = definitions[id];
    const entry = { scenario, definition };
    const attempt = readAttempt(opened.fields, scenario);
    const prompts = attempt.predictions ? await promptsOf(entry) : [];
    const requests = requestsFor(attempt, entry, prompts);
    this.runs = requests.length;
    this.runsDone = 0;
    const judged: JudgedRun[] = [];
    const foretold: ForetellingJudged[] = (attempt.predictions ?? []).map(() => ({ identical: false, score: 0 }));
    await computeAll(
      requests.map(({ request }) => request),
      (engine, request) => compute(engine, request, requests),
      (run, index) => {
        if (signal.aborted) return;
        this.runsDone += 1;
        const { prediction } = requests[index];
        if (run.kind === 'judged') judged[index] = run.run;
        else if (prediction !== undefined) {
          foretold[prediction] = judgeForetelling(attempt.predictions![prediction], scenario, prompts, run.recording);
        }
      },
      signal,
    );
    if (signal.aborted) return;
    const judgement = judgementOf(scenario, attempt, judged);
    const predictions = predictionsJudged(foretold);
    const graded = { file, attempt, judgement, predictions, changes: changesSince(attempt, definition) };
    this.graded = [...this.graded, graded];
  }
}

/** A run that is wanted, and the place of the prediction that it answers; of a try without. */
interface Wanted {
  readonly request: RunRequest;
  readonly prediction?: number;
}

type Computed =
  | { readonly kind: 'judged'; readonly run: JudgedRun }
  | { readonly kind: 'recorded'; readonly recording: Awaited<ReturnType<Engine['run']>>['recording'] };

async function compute(engine: Engine, request: RunRequest, all: readonly Wanted[]): Promise<Computed> {
  const isForetold = all.some((one) => one.request === request && one.prediction !== undefined);
  if (!isForetold) return { kind: 'judged', run: await engine.judge(request) };
  return { kind: 'recorded', recording: (await engine.run(request, () => {})).recording };
}

/** The runs of the tries, in the order in which they are judged, then those of the predictions. */
function requestsFor(attempt: Attempt, { scenario }: CatalogueEntry, prompts: readonly Prompt[]): Wanted[] {
  const { pitfall: variant } = exerciseOf(scenario, attempt);
  const tries = runsToJudge(scenario, attempt).map((run): Wanted => ({
    request: { scenario: scenario.id, variant, ...run },
  }));
  const foretold = runsForetold(attempt, scenario, prompts).flatMap((run, prediction): Wanted[] => {
    if (!run) return [];
    const { variant: asked, changed: params, seed, interventions } = run;
    return [{ request: { scenario: scenario.id, variant: asked, params, seed, interventions }, prediction }];
  });
  return [...tries, ...foretold];
}

async function promptsOf({ scenario }: CatalogueEntry): Promise<Prompt[]> {
  const { sections } = await guides[scenario.id]();
  return sections.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'prompt' ? [block.prompt] : [])));
}

function whyRefused(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return error instanceof AttemptError ? why : `its runs cannot be judged: ${why}`;
}
