/**
 * A service of the shop on a node of its own: a process with a tracer, which makes and passes on the ids of traces and records
 * none, and a logger that writes to the console; a file that the console ends in; an agent that reads it and sends what it
 * reads to the store.
 */
import {
  InstrumentedProcess,
  INSTRUMENT_COSTS,
  Link,
  LogAgent,
  LogFile,
  Logger,
  LogLevels,
  logSamplers,
  ms,
  PII_CLASSES,
  plainReader,
  rateLimiters,
  Redactor,
  s,
  samplers,
  structuredReader,
  Tracer,
  type ComponentPart,
  type LogBook,
  type LogLine,
  type LogSampler,
  type LogStore,
  type RedactionRules,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Values } from './params.ts';

export interface Node {
  readonly process: InstrumentedProcess;
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly levels: LogLevels;
  /** The logger as a part of its service. */
  readonly inside: ComponentPart;
}

/** Fields that somebody has looked at; a field that is not here is not told. */
const CLASSIFIED: RedactionRules['fields'] = {
  order_number: 'trust',
  method: 'trust',
  amount: 'trust',
  bank: 'trust',
  route: 'trust',
  statement: 'trust',
  duration_ms: 'trust',
  sample_rate: 'trust',
  suppressed: 'trust',
  'error.type': 'keep',
  'exception.stacktrace': 'keep',
  'user.email': 'hash',
  'user.phone': 'mask',
  'client.address': 'mask',
  card: 'mask',
  authorization: 'drop',
  path: 'drop',
  note: 'drop',
};
const RULES: RedactionRules = {
  fields: CLASSIFIED,
  others: 'drop',
  patterns: PII_CLASSES,
  found: 'mask',
  key: 'a secret of the shop',
};
const PATTERNS_ALONE: RedactionRules = { ...RULES, fields: {}, others: 'keep' };

/** A container's log: 10 MB and one file that was full before, as Kubernetes keeps them (containerLogMaxSize, containerLogMaxFiles). */
const FILE = { bytesMax: 10_485_760, keeps: 4 };
const AGENT = { batchMax: 500, pollInterval: ms(200), syncPeriod: s(10) };

export interface NodeParts {
  readonly book: LogBook;
  readonly store: LogStore;
  /** For experimenters: called with each line that stands on the node's disk. */
  readonly onDisk: (line: LogLine) => void;
}

export function nodeOf(sim: Simulation, name: string, p: Values, { book, store, onDisk }: NodeParts): Node {
  const resource = { 'service.name': name, 'service.instance.id': `${name}-1` };
  const costs = { ...INSTRUMENT_COSTS, logRecord: p.lineCost };
  const process = new InstrumentedProcess(sim, { resource, cores: 1, costs });
  const file = new LogFile(FILE);
  const levels = new LogLevels(p.level);
  const redactor = p.redaction === 'source' ? new Redactor(RULES) : undefined;
  const logger = new Logger({
    process,
    format: p.format,
    levels,
    sampler: samplerOf(sim, name, p),
    limiter: p.linesMax === 0 ? undefined : limiterOf(p.linesMax),
    redactor,
    book,
    write: (line) => {
      file.append(line);
      onDisk(line);
    },
  });
  const read = { book, redactor: p.redaction === 'agent' ? new Redactor(PATTERNS_ALONE) : undefined };
  const agent = `${name}-agent`;
  new LogAgent(sim, {
    name: agent,
    process,
    file,
    reader:
      p.format === 'plain' ? plainReader({ ...read, resource, joinsLines: p.joinsLines }) : structuredReader(read),
    link: new Link(sim, store, { from: agent, delay: nearby, timeout: s(10) }),
    ...AGENT,
  });
  const tracer = new Tracer(process, { sampler: samplers.always_off(), processor: { add: () => {} } });
  return { process, tracer, logger, levels, inside: partOf(sim, logger, levels) };
}

const partOf = (sim: Simulation, logger: Logger, levels: LogLevels): ComponentPart => ({
  signals: [],
  interventions: {
    debug: {
      help: 'Lowers the level to DEBUG, for everybody, for so many seconds',
      arguments: [{ name: 'seconds', help: 'for how long', min: 0.1, max: 1e6, default: 5 }],
      apply: ([seconds]) => levels.raise('DEBUG', sim.now + s(seconds)),
    },
  },
  state: () => logger.state(),
  violations: () => logger.violations(),
});

function samplerOf(sim: Simulation, name: string, { sampling, oneIn }: Values): LogSampler | undefined {
  if (sampling === 'none') return undefined;
  return logSamplers[sampling]({ oneIn, keepFrom: 'WARN', draws: sim.random(`${name}/log sampling`) });
}

const limiterOf = (perSecond: number) =>
  rateLimiters['token-bucket']({ perSecond, burst: perSecond, queueMax: 1, window: s(1) });
