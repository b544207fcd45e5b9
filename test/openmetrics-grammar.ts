/**
 * Says whether a text is OpenMetrics 1.0, by the clauses of its specification that begin with MUST: a strict reader without values.
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md. Its own test are the rows of
 * `openmetrics_text.json`, each with what the specification says of it.
 */

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABELS = /\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:\\[\\"n]|[^\\"\n])*"(?:,(?=[a-zA-Z_])|(?=\})))*)\}/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\[\\"n]|[^\\"\n])*)"/g;
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[iI]nf(?:inity)?)|NaN/y;
const REAL = /[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};

interface Sample {
  readonly suffix: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly time: number | undefined;
}

interface Family {
  readonly name: string;
  type: string;
  readonly said: Set<string>;
  readonly samples: Sample[];
}

class Refused extends Error {}
const refuse = (why: string): never => {
  throw new Refused(why);
};

/** What is wrong with it, undefined if nothing is. */
export function openMetricsProblem(text: string): string | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function read(text: string): void {
  if (!text.endsWith('# EOF\n')) refuse('it does not end with # EOF');
  const lines = text.slice(0, -1).split('\n').slice(0, -1);
  const families: Family[] = [];
  const family = (name: string): Family => {
    const last = families.at(-1);
    if (last?.name === name) return last;
    if (families.some((one) => one.name === name)) refuse(`${name}: its lines do not stand together`);
    const begun = { name, type: 'unknown', said: new Set<string>(), samples: [] };
    families.push(begun);
    return begun;
  };
  for (const line of lines) {
    const meta = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) ([^\n]*)$`).exec(line);
    if (meta !== null) describe(family(meta[2]), meta[1], meta[3]);
    else take(families, line, family);
  }
  for (const one of families) complete(one);
  const names = families.flatMap((one) => SUFFIXES[one.type].map((suffix) => one.name + suffix));
  if (new Set(names).size < names.length) refuse('two families have a name in common');
}

function describe(family: Family, word: string, rest: string): void {
  const { name, said, samples } = family;
  if (said.has(word)) refuse(`${name}: two lines say its ${word}`);
  if (samples.length > 0) refuse(`${name}: ${word} stands after a sample`);
  said.add(word);
  if (word === 'UNIT' && rest !== '' && !name.endsWith(`_${rest}`)) refuse(`${name}: it does not end with ${rest}`);
  if (word !== 'TYPE') return;
  if (!Object.hasOwn(SUFFIXES, rest)) refuse(`${name}: ${JSON.stringify(rest)} is no type`);
  family.type = rest;
}

function take(families: readonly Family[], line: string, begin: (name: string) => Family): void {
  const name = new RegExp(`^${NAME}`).exec(line)?.[0] ?? refuse(`${JSON.stringify(line)} is no line`);
  let at = name.length;
  const labels = line[at] === '{' ? labelsAt() : new Map<string, string>();
  const value = numberAt(NUMBER);
  const time = line[at] === ' ' && line[at + 1] !== '#' ? numberAt(REAL) : undefined;
  const last = families.at(-1);
  const suffix = last?.name !== undefined && name.startsWith(last.name) ? name.slice(last.name.length) : undefined;
  const isOfLast = last !== undefined && suffix !== undefined && SUFFIXES[last.type].includes(suffix);
  if (!isOfLast && last?.name === name) refuse(`${name}: a sample of type ${last.type} is not named so`);
  const owner = isOfLast ? last : begin(name);
  const ofOwner = isOfLast ? suffix : '';
  if (line.startsWith(' # ', at)) exemplarAt(owner.type, ofOwner);
  if (at !== line.length) refuse(`${JSON.stringify(line)}: ${JSON.stringify(line.slice(at))} is too much`);
  owner.samples.push({ suffix: ofOwner, labels, value, time });

  function labelsAt(): Map<string, string> {
    LABELS.lastIndex = at;
    const found = LABELS.exec(line) ?? refuse(`${JSON.stringify(line)}: its labels cannot be read`);
    at += found[0].length;
    const read = new Map<string, string>();
    for (const [, key, of] of found[1].matchAll(LABEL)) {
      if (read.has(key)) refuse(`${JSON.stringify(line)}: two labels are named ${key}`);
      read.set(key, of);
    }
    return read;
  }

  function numberAt(form: RegExp): number {
    form.lastIndex = at + 1;
    const found = line[at] === ' ' ? form.exec(line) : null;
    if (found === null) return refuse(`${JSON.stringify(line)}: no number stands at ${at + 1}`);
    at += 1 + found[0].length;
    return Number(found[0].replace(/inf(inity)?/i, 'Infinity'));
  }

  function exemplarAt(type: string, of: string): void {
    const isAllowed = (type === 'counter' && of === '_total') || (/histogram/.test(type) && of === '_bucket');
    if (!isAllowed) refuse(`${name}: it may have no exemplar`);
    at += 3;
    const characters = [...labelsAt()].reduce((sum, [key, value]) => sum + [...key].length + [...value].length, 0);
    if (characters > 128) refuse(`${name}: its exemplar has ${characters} characters of labels`);
    numberAt(NUMBER);
    if (at < line.length) numberAt(REAL);
  }
}

/** What must hold of all samples of a family together. */
function complete({ name, type, samples }: Family): void {
  const points = new Map<string, { readonly of: Map<string, Sample[]>; time: number | undefined }>();
  const seen = new Map<string, number | undefined>();
  for (const sample of samples) {
    const key = [sample.suffix, ...[...sample.labels].toSorted().flat()].join('\u0000');
    if (seen.has(key)) {
      const before = seen.get(key);
      const isLater = before !== undefined && sample.time !== undefined && sample.time > before;
      if (!isLater) refuse(`${name}: a sample that is no later than the one before it`);
    }
    seen.set(key, sample.time);
    value(name, type, sample);
    const own = [...sample.labels].filter(([label]) => label !== 'le').toSorted();
    const point = [...own.flat(), sample.time].join('\u0000');
    const found = points.get(point) ?? { of: new Map<string, Sample[]>(), time: sample.time };
    points.set(point, found);
    found.of.set(sample.suffix, [...(found.of.get(sample.suffix) ?? []), sample]);
  }
  if (type === 'histogram') for (const { of } of points.values()) buckets(name, of);
}

function value(name: string, type: string, { suffix, labels, value: of }: Sample): void {
  const counts = ['_total', '_bucket', '_count'].includes(suffix) || (type === 'summary' && suffix === '_sum');
  if (counts && !(of >= 0)) refuse(`${name}${suffix}: ${of} is no count`);
  if (type === 'info' && of !== 1) refuse(`${name}: an info is 1`);
  if (type === 'stateset' && of !== 0 && of !== 1) refuse(`${name}: a state is 0 or 1`);
  const quantile = labels.get('quantile');
  if (type === 'summary' && suffix === '' && !(Number(quantile) >= 0 && Number(quantile) <= 1)) {
    refuse(`${name}: ${quantile} is no quantile`);
  }
}

function buckets(name: string, of: ReadonlyMap<string, readonly Sample[]>): void {
  const found = of.get('_bucket') ?? refuse(`${name}: it has no buckets`);
  const bounds = found.map(({ labels }) => Number((labels.get('le') ?? '').replace('+Inf', 'Infinity')));
  if (bounds.at(-1) !== Infinity) refuse(`${name}: its last bucket is not +Inf`);
  for (let i = 1; i < found.length; i++) {
    if (!(bounds[i] > bounds[i - 1])) refuse(`${name}: its buckets are not in order`);
    if (found[i].value < found[i - 1].value) refuse(`${name}: its buckets do not add up`);
  }
  const [count] = of.get('_count') ?? [];
  if (count !== undefined && count.value !== found.at(-1)!.value) refuse(`${name}: its count is not its last bucket`);
  if (of.has('_sum') && bounds[0] < 0) refuse(`${name}: it has a sum and a bucket below 0`);
}
