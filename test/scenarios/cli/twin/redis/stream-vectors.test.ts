/** What a real Redis 7.0.15 replied, command by command, against the model: `test/vectors/redis_streams.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StreamServer } from '../../../../../scenarios/cli/twin/redis/stream-commands.ts';

interface Step {
  readonly cmd?: readonly string[];
  readonly reply?: unknown;
  readonly mask?: string;
  readonly sleep_ms?: number;
  readonly setup?: string;
}

interface Script {
  readonly scenario: string;
  readonly note: string;
  readonly steps: readonly Step[];
}

const file = join(import.meta.dirname, '../../../../vectors/redis_streams.json');
const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as { scenarios: readonly Script[] };

/** How much later than by the script's own pauses the server said it was. */
const SLACK_MS = 20;

it.each(scenarios.map((script) => [script.scenario, script] as const))('%s', (_, { steps }) => {
  const server = new StreamServer();
  let now = 1_000_000;
  for (const { cmd, reply, mask, sleep_ms, setup } of steps) {
    now += sleep_ms ?? 0;
    if (setup === 'XADD s 1-0..250-0') {
      for (let i = 1; i <= 250; i++) server.run(['XADD', 's', `${i}-0`, 'n', `${i}`], now);
    }
    if (cmd === undefined) continue;
    const answer = server.run(cmd, now);
    if (mask?.startsWith('[2]') === true) {
      const [rows, wanted] = [answer as readonly unknown[][], reply as readonly unknown[][]];
      expect(rows.map(withoutIdle), cmd.join(' ')).toEqual(wanted.map(withoutIdle));
      rows.forEach((row, i) => expect(Math.abs((row[2] as number) - (wanted[i][2] as number))).toBeLessThan(SLACK_MS));
    } else if (mask?.startsWith('radix-tree') === true) {
      expect(withoutTree(answer as unknown[]), cmd.join(' ')).toEqual(withoutTree(reply as unknown[]));
    } else expect(answer, cmd.join(' ')).toEqual(reply);
    expect(server.violations(), cmd.join(' ')).toEqual([]);
  }
});

const withoutIdle = (row: readonly unknown[]): unknown[] => row.filter((_, i) => i !== 2);

/** How Redis keeps it in memory is not modelled. */
const withoutTree = (fields: readonly unknown[]): unknown[] =>
  fields.filter((_, i) => !`${fields[i - (i % 2)] as string}`.startsWith('radix-tree'));
