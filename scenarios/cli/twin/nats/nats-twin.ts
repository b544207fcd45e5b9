/** The twin of NATS: core subjects, queue groups and requests, and JetStream's streams and consumers. */
import { executable } from '../executable.ts';
import type { Twin } from '../twin.ts';
import { modelOf } from './nats-model.ts';
import { natsScripts } from './nats-scripts.ts';
import { killsNats, startNats } from './nats-server.ts';
import type { NatsStep } from './steps.ts';
import { natsVocabulary, natsWords } from './vocabulary.ts';

export const natsTwin: Twin<NatsStep> = {
  name: 'nats',
  help: 'NATS: subjects, queue groups, requests; JetStream streams and consumers',
  package: 'nats-server',
  findProgram: () => executable('nats-server'),
  scripts: natsScripts,
  vocabulary: natsVocabulary,
  words: natsWords,
  line: ({ op, ...rest }) => `${op} ${Object.keys(rest).length > 0 ? JSON.stringify(rest) : ''}`.trim(),
  atOnce: 24,
  killing: { kills: killsNats, atOnce: 24 },
  model: modelOf,
  start: startNats,
};
