/** The RabbitMQ twin: one node of 3.10 beside `sim-core/systems/rabbitmq`. */
import type { Twin } from '../twin.ts';
import { playModel } from './model.ts';
import { wordsDone } from './operations/operations.ts';
import { rabbitScripts } from './scripts/scripts.ts';
import { findRabbitMq, killsNode, RabbitMqServer } from './server.ts';
import { lineOfStep, type RabbitAnswer, type RabbitStep } from './steps.ts';
import { RABBIT_VOCABULARY } from './vocabulary.ts';

export const rabbitMqTwin: Twin<RabbitStep> = {
  name: 'rabbitmq',
  help: 'queues and exchanges: routing, order, acknowledgements, limits, times to live, dead letters',
  package: 'rabbitmq-server',
  findProgram: findRabbitMq,
  scripts: rabbitScripts,
  vocabulary: RABBIT_VOCABULARY,
  words: (step, answer) => wordsDone(step, answer as RabbitAnswer),
  line: lineOfStep,
  atOnce: 24,
  killing: { kills: killsNode, atOnce: 64 },
  model: (script) => playModel(script),
  start: (program) => RabbitMqServer.start(program),
};
