/** What can be done to a consumer while it runs. */
import { SECOND, type Duration } from '../../kernel/time.ts';
import type { Intervention } from '../../network/component.ts';

interface Target {
  kill(downtime: Duration): void;
  pause(duration: Duration): void;
  slow(factor: number): void;
}

/** `isSlowable`: whether its records take a time of its own, and not its listener's. */
export function consumerInterventions(consumer: Target, isSlowable: boolean): Readonly<Record<string, Intervention>> {
  const seconds = { name: 'seconds', min: 0.001, max: 1e6, default: 10 };
  const interventions: Record<string, Intervention> = {
    kill: {
      help: 'Kills the consumer without a goodbye; it is up again after so many seconds',
      arguments: [{ ...seconds, help: 'how long it is down' }],
      apply: ([time]) => consumer.kill(Math.round(time * SECOND)),
    },
    pause: {
      help: 'The consumer stands still, heartbeats and all, and goes on after so many seconds',
      arguments: [{ ...seconds, help: 'for how long' }],
      apply: ([time]) => consumer.pause(Math.round(time * SECOND)),
    },
  };
  if (!isSlowable) return interventions;
  interventions['slow'] = {
    help: 'A record takes the consumer so many times as long from now on; 1 is as it was',
    arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
    apply: ([factor]) => consumer.slow(factor),
  };
  return interventions;
}
