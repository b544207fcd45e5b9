/** All operations by name, and how a step is done and counted by them. */
import { isRefusal } from '../../twin.ts';
import type { ModelSide, ServerSide } from '../sides.ts';
import type { RabbitAnswer, RabbitStep } from '../steps.ts';
import { consumerOperations } from './consumer-operations.ts';
import { exchangeOperations } from './exchange-operations.ts';
import { messageOperations, NOTHING } from './message-operations.ts';
import { nodeOperations } from './node-operations.ts';
import type { Operation, OperationsOf } from './operation.ts';
import { queueOperations } from './queue-operations.ts';
import { spreadOperation } from './spread-operation.ts';

const operations: OperationsOf<RabbitStep['op']> = {
  ...queueOperations,
  ...exchangeOperations,
  ...messageOperations,
  ...consumerOperations,
  spread: spreadOperation,
  ...nodeOperations,
};

const operationOf = ({ op }: RabbitStep): Operation<RabbitStep> => operations[op] as Operation<RabbitStep>;

export const doOnModel = (step: RabbitStep, side: ModelSide, index: number): unknown =>
  operationOf(step).model(step, side, index);

export const doOnServer = async (step: RabbitStep, side: ServerSide, index: number): Promise<unknown> =>
  operationOf(step).server(step, side, index);

/** What a step did by its answer: nothing if there was nothing to do it to; if it was an error, only that. */
export function wordsDone(step: RabbitStep, { result }: RabbitAnswer): readonly string[] {
  if (result === NOTHING || result === null) return [];
  if (!isRefusal(result)) return operationOf(step).words(step);
  if (step.op === 'ack-unknown') return [step.op];
  return [step.op === 'declare-queue' && hasBadArgument(step.arguments) ? 'invalid argument' : `${step.op} refused`];
}

const hasBadArgument = (given: object): boolean =>
  Object.values(given).some((value) => value === 'none' || value === -1 || value === 0);
