/** The twins by name. */
import { alertmanagerTwin } from './alertmanager/alertmanager-twin.ts';
import { natsTwin } from './nats/nats-twin.ts';
import { rabbitMqTwin } from './rabbitmq/twin.ts';
import { redisTwin } from './redis/redis-twin.ts';
import type { Twin } from './twin.ts';

export const twins: Readonly<Record<string, Twin<unknown>>> = {
  redis: redisTwin,
  rabbitmq: rabbitMqTwin,
  nats: natsTwin,
  alertmanager: alertmanagerTwin,
};
