/** `brownout serve` as a command: what it prints, how it ends, and what it says when it cannot begin. */
import { Command } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError, type CommandLine } from '../../../../scenarios/cli/command.ts';
import { serve, serveCommand } from '../../../../scenarios/cli/commands/serve.ts';

const HOST = '127.0.0.1';
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'brownout-serve-'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Page</title>');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A command line that keeps what is printed, and can be interrupted. */
function memory(): { cli: CommandLine; printed: Promise<string>; interrupt: AbortController } {
  const interrupt = new AbortController();
  let out: (text: string) => void = () => {};
  const printed = new Promise<string>((resolve) => {
    out = resolve;
  });
  return { cli: { out, err: () => {}, interrupted: interrupt.signal, isTerminal: false }, printed, interrupt };
}

async function withPage(work: (address: string) => Promise<void>): Promise<void> {
  const { cli, printed, interrupt } = memory();
  const served = serve(directory, { port: 0, host: HOST }, cli);
  await work((await printed).match(/http:\S+/)![0]);
  interrupt.abort();
  await served;
}

describe('brownout serve', () => {
  it('prints where the page is, and is gone after an interrupt', async () => {
    let address = '';
    await withPage(async (at) => {
      address = at;
      expect(await (await fetch(at)).text()).toContain('<title>Page</title>');
    });
    await expect(fetch(address)).rejects.toThrow('fetch failed');
  });

  it('names a taken port', async () => {
    await withPage(async (address) => {
      const port = Number(new URL(address).port);
      const second = serve(directory, { port, host: HOST }, memory().cli);
      await expect(second).rejects.toThrow(
        new UsageError(`--port ${port} is taken; name a free one with --port, or let the system choose with --port 0`),
      );
    });
  });

  it('says how to build a page that is missing', async () => {
    const missing = serve(join(directory, 'nothing'), { port: 0, host: HOST }, memory().cli);
    await expect(missing).rejects.toThrow(/no page in .*nothing; build it with: npm run build/);
  });

  it.each(['x', '-1', '65536', '80.5', ''])("refuses '%s' as a port", async (port) => {
    const program = new Command().exitOverride();
    serveCommand.define(program, memory().cli, () => {});
    await expect(program.parseAsync(['serve', `--port=${port}`], { from: 'user' })).rejects.toThrow(UsageError);
  });
});
