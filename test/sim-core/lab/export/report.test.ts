/** A run as a page: it holds what the run came to, nothing that is fetched or runs, and is whole markup. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import stampede from '../../../../scenarios/caching/stampede.ts';
import { chartsOf, ExportedRun } from '../../../../sim-core/index.ts';
import { htmlReport } from '../../../../sim-core/lab/export/report/report.ts';
import { ticksUpTo } from '../../../../sim-core/lab/export/report/ticks.ts';
import { exportedRun } from '../../../exported-runs.ts';

const run = exportedRun('none');
const { recording } = run;
const page = htmlReport(run);

/** Elements that HTML ends by themselves. */
const VOID = new Set(['meta', 'wbr']);

/** The first tag that does not end what was begun last. */
function firstLoose(html: string): string | undefined {
  const open: string[] = [];
  for (const [tag, end, name, self] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s(?:[^<>"]|"[^"]*")*?)?(\/?)>/g)) {
    if (end) {
      if (open.pop() !== name) return tag;
    } else if (!self && !VOID.has(name)) open.push(name);
  }
  return open.at(-1);
}

describe('the page', () => {
  it('is whole markup, needs nothing from elsewhere, and no figure of it is no number', () => {
    expect(firstLoose(page)).toBeUndefined();
    expect(firstLoose(page.replace('</figure>', ''))).toBeDefined();
    expect(page).not.toMatch(/<script|<link|<img|\bsrc=|\bhref=|url\(|@import/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says what was asked, how it came out, and how to compute it again', () => {
    expect(page).toContain(stampede.question);
    const held = recording.expectations.filter(({ pass }) => pass).length;
    expect(page).toContain(`${held} of ${recording.expectations.length} expectations hold`);
    expect(page).toContain(recording.header.digest);
    expect(page).toContain('brownout run stampede --variant none --seed 1 --set rate=150/s');
    for (const { name } of recording.components) expect(page).toContain(`>${name}<`);
  });

  it('draws every chart of the scenario, and the trace of the slowest request', () => {
    const figures = Array.from(page.matchAll(/<figcaption><strong>([^<]+)<\/strong>/g), ([, title]) => title);
    expect(figures.slice(0, -1)).toEqual(chartsOf(stampede, recording.header.params));
    const longest = Math.max(
      ...run.requests
        .filter(({ request, spans: [root] }) => run.chosen.slowest.has(request) && root.ended)
        .map(({ spans: [root] }) => root.end - root.start),
    );
    const told = run.requests.find(({ request }) => figures.at(-1) === `Request ${request}`)!;
    expect(told.spans[0].end - told.spans[0].start).toBe(longest);
  });

  it('takes no text for markup', () => {
    const scenario = { ...stampede, question: 'Is a < b & "c"?</p><script>' };
    const odd = htmlReport(new ExportedRun(recording, scenario));
    expect(firstLoose(odd)).toBeUndefined();
    expect(odd).toContain('Is a &lt; b &amp; &quot;c&quot;?&lt;/p&gt;&lt;script&gt;');
  });

  it('judges nothing of a run that ended before its time', () => {
    const cut = { ...recording, simulated: 2.5e9, expectations: [] };
    expect(htmlReport(new ExportedRun(cut, stampede))).toContain('ended at 2.5 s, before its time, and is not judged');
  });
});

it('ticks are round, from 0 to no further than the end, and as many as were asked for at most', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), fc.integer({ min: 3, max: 12 }), (end, wanted) => {
      const ticks = ticksUpTo(end, wanted);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeLessThanOrEqual(end * (1 + 1e-6));
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(wanted + 1);
      expect(Number((ticks[1] / 10 ** Math.floor(Math.log10(ticks[1]) + 1e-9)).toPrecision(6))).toBeOneOf([1, 2, 5]);
    }),
  );
  expect([ticksUpTo(1, 5), ticksUpTo(0, 5)]).toEqual([[0, 0.2, 0.4, 0.6, 0.8, 1], []]);
});
