/**
 * Python's Prometheus client, the strict reader of OpenMetrics, as a judge of what is exported. It is given what was written, an instant
 * at a time, as a scrape would have it: the client (0.16, as Debian has it) takes an instant after a fraction of a second for an
 * earlier one where the second is a later one (`Timestamp.__gt__` compares the two apart), and so refuses the whole. A test that needs
 * it is left out, by name, where it is not installed; in CI it always is.
 */
import { execFileSync } from 'node:child_process';

/** Debian's, which its packages are for. */
const PYTHON = '/usr/bin/python3';

/** Whether tests are to do without it. */
export const clientIsLeftOut = process.env.CI === undefined && !hasClient();

/** What the client made of a text. */
export interface ClientReading {
  readonly families: readonly (readonly [name: string, type: string, unit: string])[];
  readonly samples: number;
  readonly exemplars: number;
}

const READER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
def read(text):
    try:
        families = list(text_string_to_metric_families(text))
    except ValueError as error:
        return str(error)
    samples = [sample for family in families for sample in family.samples]
    return {'families': [[family.name, family.type, family.unit] for family in families],
            'samples': len(samples), 'exemplars': sum(1 for sample in samples if sample.exemplar)}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

/** What it makes of each of several texts, or why it refuses it; one process for all. */
export function readByClient(texts: readonly string[]): (ClientReading | string)[] {
  const output = execFileSync(PYTHON, ['-c', READER], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output) as (ClientReading | string)[];
}

/** A written text's lines by the instants of their samples: texts of their own, each with what is said of the families that it has. */
export function instantsOf(text: string): string[] {
  const instants = new Map<string, { readonly lines: string[]; head: readonly string[] }>();
  let head: string[] = [];
  let wasHead = false;
  for (const line of text.trimEnd().split('\n')) {
    const isHead = line.startsWith('# ');
    if (isHead) head = wasHead ? [...head, line] : [line];
    else {
      const time = line.split(' # ')[0].split(' ').at(-1)!;
      const instant = instants.get(time) ?? { lines: [], head: [] };
      instants.set(time, instant);
      if (instant.head !== head) instant.lines.push(...head);
      instant.head = head;
      instant.lines.push(line);
    }
    wasHead = isHead;
  }
  return Array.from(instants.values(), ({ lines }) => `${[...lines, '# EOF'].join('\n')}\n`);
}

function hasClient(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import prometheus_client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
