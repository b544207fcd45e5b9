/**
 * The habits of the house that a machine can judge, each a function from a file to what is wrong with it. What makes
 * runs differ between engines (their own `Math`, clocks, locales) is looked for on the syntax tree, so that neither a
 * comment nor a property of that name is taken for a use.
 */
import { basename } from 'node:path';
import ts from 'typescript';

export interface SourceText {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export type StyleRule = (file: SourceText) => string[];

const LONGEST_FILE = 400;
/** A list of names, which nobody reads from top to bottom. */
const DOOR = 'sim-core/index.ts';

/** What ECMAScript defines to the last bit; everything else of `Math` differs between engines. */
const EXACT_MATHS = new Set(
  'abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2'.split(' '),
);

const NOT_REPEATABLE = new Set(
  (
    'Date performance setTimeout setInterval setImmediate queueMicrotask requestAnimationFrame crypto Intl ' +
    'WeakRef FinalizationRegistry globalThis eval'
  ).split(' '),
);

const LOCALE_METHODS = new Set('localeCompare toLocaleString toLocaleLowerCase toLocaleUpperCase'.split(' '));

export const opensWithDocComment: StyleRule = ({ path, text }) => {
  const opening = text.replace(/^#!.*\n/, '').trimStart();
  const expected = path.endsWith('.svelte')
    ? /^(<!--|<script[^>]*>\s*\/\*\*)/
    : path.endsWith('.css')
      ? /^\/\*/
      : /^\/\*\*/;
  return expected.test(opening) ? [] : [`${path}: does not open with a comment that says what it is`];
};

export const isShort: StyleRule = ({ path, text }) => {
  const lines = text.split('\n').length - 1;
  return path !== DOOR && lines > LONGEST_FILE ? [`${path}: ${lines} lines, more than ${LONGEST_FILE}`] : [];
};

export const hasASubject: StyleRule = ({ path }) =>
  /(^|[/.-])(utils?|helpers?|misc)([/.-]|$)/i.test(path) ? [`${path}: a name that says nothing of its subject`] : [];

export const leavesNothingForLater: StyleRule = ({ path, text }) =>
  lines(text, /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/).map((line) => `${path}:${line}: leaves something for later`);

export const namesNoMachine: StyleRule = ({ path, text }) =>
  lines(text, /(?:^|["'`\s(=:])(?:\/(?:work|tmp|root|home|Users|farm)\/[\w.]|[A-Z]:\\\w)/).map(
    (line) => `${path}:${line}: a path of one machine`,
  );

/** For `sim-core`: a run must come out the same in every engine, zone and language. */
export const isRepeatable: StyleRule = ({ path, text }) => {
  const found: string[] = [];
  const file = parse(path, text);
  const report = (node: ts.Node, what: string): void => {
    found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}: ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMemberName(node)) {
      if (NOT_REPEATABLE.has(node.text)) report(node, node.text);
      if (node.text === 'Math') reportInexact(node);
    }
    if (ts.isPropertyAccessExpression(node) && LOCALE_METHODS.has(node.name.text)) report(node, node.name.text);
    if (node.kind === ts.SyntaxKind.AsteriskAsteriskToken || node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) {
      report(node, '**');
    }
    ts.forEachChild(node, visit);
  };
  const reportInexact = (maths: ts.Identifier): void => {
    const { parent } = maths;
    const member = ts.isPropertyAccessExpression(parent) && parent.expression === maths ? parent.name.text : undefined;
    if (member === undefined) report(maths, 'Math passed on or taken apart');
    else if (!EXACT_MATHS.has(member)) report(maths, `Math.${member}`);
  };
  visit(file);
  return found;
};

/** Only the library's door may do nothing but forward. */
export const doesMoreThanForward: StyleRule = ({ path, text }) => {
  if (path === 'sim-core/index.ts') return [];
  const { statements } = parse(path, text);
  const forwards =
    statements.length > 0 && statements.every((one) => ts.isExportDeclaration(one) && one.moduleSpecifier);
  return forwards ? [`${path}: only forwards`] : [];
};

export function isSource(path: string): boolean {
  return /\.(ts|mts|mjs|js|svelte|css)$/.test(basename(path));
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Whether an identifier is the name of a member (`x.performance`, `{ performance: … }`), not a use of the global. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent)) && parent.name === node)
  );
}

function lines(text: string, pattern: RegExp): number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}
