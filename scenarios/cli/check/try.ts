/**
 * What is wrong with what a guide says to try: each setting and each option of the command line under Try is read by the program
 * itself and held against the scenario, as `brownout run` does before its first run. Nothing is run.
 *
 * In a paragraph or point, code is a setting (`rate=200`), of a parameter or of what a command line beside it does
 * (`--at …:factor=4`, or `factor=2`), or words of a command line (`--at …`, `brownout …`); what else is code, such as a signal,
 * is left alone. Settings are told in words as well (`told-settings.ts`). A setting must be of a value that the parameter takes:
 * by the page's sliders each variant can have it. Words must be accepted for one of the variants; where they are not by
 * themselves, with the settings beside them.
 */
import { Command, CommanderError } from 'commander';
import type { Scenario } from '../../../sim-core/index.ts';
import { UsageError, type CliCommand } from '../command.ts';
import { cachesimCommand } from '../commands/cachesim.ts';
import { runCommand } from '../commands/run.ts';
import { parseSettings, planRuns, type PlanWords } from '../run/plan.ts';
import { toldSettings } from './told-settings.ts';

/** Complaints in words; none if all that is read can be done. */
export function tryProblems(guide: string, scenario: Scenario): string[] {
  const section = /^## +Try *$([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(guide)?.[1] ?? '';
  return section.split(/^(?=- )|\n\s*\n/m).flatMap((point) => pointProblems(point, scenario));
}

function pointProblems(point: string, scenario: Scenario): string[] {
  const codes = [...point.matchAll(/`([^`]+)`/g)].map(([, code]) => code.replaceAll(/\s+/g, ' '));
  const told = toldSettings(point, scenario.params);
  const byName = new Map<string, string>();
  for (const setting of [...codes, ...told.map((one) => one.setting)]) {
    const name = nameSet(setting);
    if (name !== undefined && Object.hasOwn(scenario.params, name) && !byName.has(name)) byName.set(name, setting);
  }
  const settings = [...byName.values()];
  const complaintOfWords = (words: PlanWords): string | undefined => {
    const alone = complaintOf(scenario, words);
    if (alone === undefined || settings.length === 0) return alone;
    const beside = complaintOf(scenario, {
      ...words,
      set: [...new Set([...settings, ...(words.set ?? [])])],
    });
    return beside === undefined ? undefined : alone;
  };
  const complaintOfCode = (code: string): string | undefined => {
    const line = nameSet(code) === undefined ? code : lineWith(code, codes, scenario);
    if (line === undefined) return settingComplaint(scenario, code);
    const words = wordsOf(line, scenario.id);
    return typeof words === 'object' ? complaintOfWords(words) : words;
  };
  return [
    ...codes.map((code) => ({ what: `\`${code}\``, complaint: complaintOfCode(code) })),
    ...told.map(({ words, setting }) => ({ what: words, complaint: settingComplaint(scenario, setting) })),
  ].flatMap(({ what, complaint }) => (complaint === undefined ? [] : [`Try: ${what} is not accepted: ${complaint}`]));
}

/** Of `rate=200`, `rate`; undefined of code that is no setting. */
const nameSet = (code: string): string | undefined => /^(\w+)=\S+$/.exec(code)?.[1];

/** Where a setting is none of a parameter: the command line beside it that does something by that name, with that value instead. */
function lineWith(setting: string, codes: readonly string[], { params }: Scenario): string | undefined {
  const name = nameSet(setting)!;
  if (Object.hasOwn(params, name)) return undefined;
  const own = new RegExp(`(?<=--at .*[:,])${name}=[^,\\s]+`, 'g');
  return codes.find((code) => code.search(own) >= 0)?.replace(own, setting);
}

function settingComplaint({ params }: Scenario, setting: string): string | undefined {
  try {
    parseSettings(params, [setting]);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** Why none of the variants can be run so; undefined if one can. */
function complaintOf(scenario: Scenario, words: PlanWords): string | undefined {
  let complaint: string | undefined;
  const { variant: named = 'all' } = words;
  for (const variant of named === 'all' ? Object.keys(scenario.variants) : [named]) {
    try {
      planRuns({ scenario, definition: '' }, { ...words, variant });
      return undefined;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      complaint ??= error.message;
    }
  }
  return complaint;
}

const COMMANDS: Readonly<Record<string, CliCommand>> = { run: runCommand, cachesim: cachesimCommand };

/** The options of a run, if the code is the words of one; a complaint if the program refuses them; else undefined. */
function wordsOf(code: string, id: string): PlanWords | string | undefined {
  const [first, ...others] = code.replace(/^npx /, '').split(' ');
  if (first === 'brownout') return Object.hasOwn(COMMANDS, others[0]) ? read(others, id) : undefined;
  if (!/^--\w/.test(first)) return undefined;
  const ofRun = read(['run', id, first, ...others], id);
  // An option by itself may be one of the other command.
  return typeof ofRun === 'string' && read(['cachesim', 'trace.csv', first, ...others], id) === undefined
    ? undefined
    : ofRun;
}

function read(words: readonly string[], id: string): PlanWords | string | undefined {
  let options: PlanWords | undefined;
  const program = new Command('brownout').exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  const nothing = (): void => {};
  COMMANDS[words[0]].define(program, { out: nothing, err: nothing, interrupted: NEVER, isTerminal: false }, nothing);
  const [command] = program.commands;
  command.exitOverride().action((word: string) => {
    if (words[0] === 'run' && word === id) options = command.opts<PlanWords>();
  });
  try {
    program.parse(words, { from: 'user' });
    return options;
  } catch (error) {
    if (error instanceof CommanderError) return error.message.replace(/^error: /, '');
    throw error;
  }
}

const NEVER = new AbortController().signal;
