/** What can be done to a broker while it runs. */
import { SECOND, type Duration } from '../../kernel/time.ts';
import type { Intervention } from '../../network/component.ts';

interface Target {
  kill(downtime: Duration): void;
  losePower(downtime: Duration): void;
  restart(): void;
  isolate(duration: Duration, fromClients: boolean): void;
  slow(factor: number): void;
}

export function brokerInterventions(broker: Target): Readonly<Record<string, Intervention>> {
  const seconds = { name: 'seconds', help: 'for how long', min: 0.001, max: 1e6, default: 10 };
  return {
    kill: {
      help: 'Kills the broker; its logs stay, and it is up again after so many seconds',
      arguments: [{ ...seconds, help: 'how long it is down' }],
      apply: ([time]) => broker.kill(Math.round(time * SECOND)),
    },
    'power-loss': {
      help: 'Its host loses its power; what was on disk is there again when it is up, and the last half minute may not have been',
      arguments: [{ ...seconds, help: 'how long it is down' }],
      apply: ([time]) => broker.losePower(Math.round(time * SECOND)),
    },
    restart: { help: 'Starts a broker that was killed', arguments: [], apply: () => broker.restart() },
    isolate: {
      help: 'Cuts the broker off from the other brokers and the controllers, and from clients too if that is 1',
      arguments: [seconds, { name: 'clients', help: '1: from clients too; 0: not', min: 0, max: 1, default: 1 }],
      apply: ([time, clients]) => broker.isolate(Math.round(time * SECOND), clients >= 0.5),
    },
    slow: {
      help: 'Everything takes the broker so many times as long from now on; 1 is as it was',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 10_000, default: 10 }],
      apply: ([factor]) => broker.slow(factor),
    },
  };
}
