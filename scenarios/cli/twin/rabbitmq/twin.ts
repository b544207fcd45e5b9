/** The RabbitMQ twin: one node of 3.10 beside `sim-core/systems/rabbitmq`. */
import type { Twin } from '../twin.ts';
import { playModel } from './model.ts';
import { rabbitScripts, RABBIT_VOCABULARY } from './scripts.ts';
import { findRabbitMq, RabbitMqServer } from './server.ts';
import { lineOfStep, wordsOfStep, type RabbitStep } from './steps.ts';

export const rabbitMqTwin: Twin<RabbitStep> = {
  name: 'rabbitmq',
  help: 'queues and exchanges: routing, order, acknowledgements, limits, times to live, dead letters',
  package: 'rabbitmq-server',
  findProgram: findRabbitMq,
  scripts: rabbitScripts,
  vocabulary: RABBIT_VOCABULARY,
  words: wordsOfStep,
  line: lineOfStep,
  atOnce: 24,
  model: (script) => playModel(script),
  start: (program) => RabbitMqServer.start(program),
};
