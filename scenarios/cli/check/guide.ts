/**
 * What is wrong with a scenario's guide. Its headings are fixed, so that a reader finds the same things at the same
 * place in every one, and each says something; every link leads somewhere: to an address, to a page of ours (`#/…`) or
 * to a moment of the run (`#at=10.2s`), where it may point out a component or a signal (`#at=10.2s&show=database`); every
 * live number (`{{max:cache.loads.active}}`) is one that a run has; every prompt can be answered by a run.
 */
import { formatDuration, parseDuration } from '../../../sim-core/index.ts';
import { promptProblems, type GuideSubject } from './prompt.ts';

export const GUIDE_HEADINGS = [
  'Question',
  'Predict',
  'Watch',
  'Why',
  'Remedies and their price',
  'Try',
  'In production',
  'What this does not model',
  'Sources',
] as const;

/** Complaints in words; none if the guide is in order. */
export function guideProblems(guide: string, subject: GuideSubject): string[] {
  const prose = withoutCode(guide);
  return [
    ...headingProblems(prose),
    ...linkProblems(prose, subject),
    ...numberProblems(prose, subject),
    ...promptProblems(guide, subject),
  ];
}

function headingProblems(prose: string): string[] {
  const sections = [...prose.matchAll(/^## +(.+?) *$([\s\S]*?)(?=^## |(?![\s\S]))/gm)].map(([, heading, body]) => ({
    heading,
    body,
  }));
  const headings = sections.map(({ heading }) => heading);
  const expected: readonly string[] = GUIDE_HEADINGS;
  const problems = [
    ...expected.filter((one) => !headings.includes(one)).map((one) => `the heading '## ${one}' is missing`),
    ...headings
      .filter((one) => !expected.includes(one))
      .map((one) => `the heading '## ${one}' is none of the fixed ones`),
    ...headings.filter((one, i) => headings.indexOf(one) !== i).map((one) => `the heading '## ${one}' is there twice`),
    ...sections.filter(({ body }) => body.trim() === '').map(({ heading }) => `nothing stands under '## ${heading}'`),
  ];
  if (problems.length === 0 && headings.some((one, i) => one !== expected[i])) {
    problems.push(`the headings are out of order; expected ${expected.join(', ')}`);
  }
  if (!/^# +\S/.test(prose.trimStart())) problems.push("it does not open with a title, '# …'");
  return problems;
}

function linkProblems(prose: string, { duration, signals, components }: GuideSubject): string[] {
  return linksIn(prose).flatMap((link) => {
    if (link.startsWith('#/')) return [];
    const moment = /^#at=([^&]*)(?:&show=(.*))?$/.exec(link);
    if (moment !== null) {
      const time = parseDuration(moment[1]);
      const isInRun = time !== undefined && time < duration;
      if (!isInRun) return [`the link ${link} is no moment of the run, 0s to ${formatDuration(duration)}`];
      const isThere = moment[2] === undefined || [...signals, ...components].some(({ name }) => name === moment[2]);
      return isThere ? [] : [`the link ${link} points out ${moment[2]}, which is no component or signal of the run`];
    }
    const isAddress = URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
    return isAddress ? [] : [`the link '${link}' leads nowhere; expected https://…, #/… or #at=TIME`];
  });
}

const linksIn = (prose: string): string[] => [
  ...[...prose.matchAll(/\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, link]) => link),
  ...[...prose.matchAll(/<(https?:[^>\s]*)>/g)].map(([, link]) => link),
];

function numberProblems(prose: string, { signals }: GuideSubject): string[] {
  return [...prose.matchAll(/\{\{([^}]*)\}\}/g)].flatMap(([live, text]) => {
    const [field, name] = text.split(':');
    const signal = signals.find((one) => one.name === name);
    if (signal === undefined) return [`the live number ${live} is of no signal of the run`];
    if (field === 'now' || Object.hasOwn(signal.summary, field)) return [];
    return [`the live number ${live}: ${name} has ${['now', ...Object.keys(signal.summary)].join(', ')}`];
  });
}

/** Blanks out fenced and inline code, where brackets and hashes mean something else. */
const withoutCode = (markdown: string): string =>
  markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, 'code');
