/**
 * OpenMetrics texts as one in Prometheus' older form, which `promtool check metrics` reads: the last sample of each series, without time
 * and exemplar, and families under the names that they have there. https://prometheus.io/docs/instrumenting/exposition_formats/
 */

/** Their series must differ, by a label `job` for instance; a family is described as the first text does. */
export function exposition(texts: Iterable<string>): string {
  const families = new Map<string, { readonly head: string[]; readonly series: Map<string, string> }>();
  for (const text of texts) {
    let family = '';
    for (const line of text.split('\n')) {
      const [, word, name, rest] = /^# (TYPE|HELP) (\S+) (.*)$/.exec(line) ?? [];
      if (word === 'TYPE') {
        family = rest === 'counter' ? `${name}_total` : rest === 'info' ? `${name}_info` : name;
        const head = [`# TYPE ${family} ${rest === 'info' ? 'gauge' : rest}`];
        if (!families.has(family)) families.set(family, { head, series: new Map() });
      } else if (word === 'HELP') {
        const { head } = families.get(family)!;
        if (head.length === 1) head.push(`# HELP ${family} ${rest}`);
      } else if (line !== '' && !line.startsWith('#')) {
        const [sample] = line.split(' # ');
        const [value, time] = sample.split(' ').slice(-2);
        const series = sample.slice(0, -(value.length + time.length + 2));
        families.get(family)!.series.set(series, value);
      }
    }
  }
  const written = [...families.values()].flatMap(({ head, series }) => [
    ...head,
    ...Array.from(series, ([labels, value]) => `${labels} ${value}`),
  ]);
  return `${written.join('\n')}\n`;
}
