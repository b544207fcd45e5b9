/** The kinds of queues by RabbitMQ's names (`x-queue-type`). */
import { classic } from './classic.ts';
import type { QueueKind } from './queue-kind.ts';
import { quorum } from './quorum.ts';

export const queueKinds = { classic, quorum } as const satisfies Readonly<Record<string, QueueKind>>;

export type QueueKindName = keyof typeof queueKinds;
