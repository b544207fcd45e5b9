/** `brownout list`: the catalogue, for the eye or as one JSON document. */
import { catalogue } from '../../index.ts';
import { pitfallOf, type Role, type Scenario } from '../../../sim-core/index.ts';
import type { CliCommand } from '../command.ts';
import { columns, styleFor, type Style } from '../reporters/style.ts';

interface ListOptions {
  readonly pitfalls?: boolean;
  readonly json?: boolean;
}

export const listCommand: CliCommand = {
  name: 'list',
  define(program, cli, exit) {
    program
      .command('list')
      .description('list the scenarios of the catalogue')
      .option('--pitfalls', "only rows of the handbook's index of pitfalls, with pitfall and remedy")
      .option('--json', 'print one JSON document')
      .action(({ pitfalls, json }: ListOptions) => {
        const scenarios = catalogue.map(({ scenario }) => scenario).filter((one) => !pitfalls || one.pitfall);
        const style = styleFor(cli.showsColours);
        if (json) cli.out(asJson(scenarios));
        else cli.out(pitfalls ? pitfallTable(scenarios, style) : table(scenarios, style));
        exit(0);
      });
  },
};

function asJson(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map((scenario) => {
    const { id, section, title, pitfall = null } = scenario;
    const variants = Object.keys(scenario.variants);
    const repairs = Object.fromEntries(variants.map((variant) => [variant, pitfallOf(scenario, variant)]));
    return { id, section, title, variants, pitfall, repairs };
  });
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function table(scenarios: readonly Scenario[], style: Style): string {
  const heads = columns(scenarios.map(({ section, id, title }) => [section, id, title]));
  const indent = ' '.repeat(2 + Math.max(...scenarios.map(({ section }) => section.length)));
  const blocks = scenarios.map((scenario, i) => [
    style.strong(heads[i]),
    `${indent}${scenario.question}`,
    ...[...rolesOf(scenario)].map(([words, names]) => `${indent}${style.faint(`${words}:`)} ${names.join(', ')}`),
    '',
  ]);
  const count = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}`;
  return [...blocks.flat(), `${count}; brownout run ${scenarios[0].id} runs the first`, ''].join('\n');
}

/** The names of the variants, by what they are for: `pitfall`, `remedy of none`. */
function rolesOf(scenario: Scenario): Map<string, string[]> {
  const byWords = new Map<string, string[]>();
  for (const [variant, role] of Object.entries(scenario.roles)) {
    const repaired = pitfallOf(scenario, variant);
    const words = repaired === undefined ? role : `${role} of ${repaired}`;
    byWords.set(words, [...(byWords.get(words) ?? []), variant]);
  }
  return byWords;
}

function pitfallTable(scenarios: readonly Scenario[], style: Style): string {
  if (scenarios.length === 0) return "No scenario of the catalogue is a row of the handbook's index of pitfalls.\n";
  const variantsOf = ({ roles }: Scenario, role: Role): string =>
    Object.keys(roles)
      .filter((variant) => roles[variant] === role)
      .join(', ');
  const rows = scenarios.map((one) => [
    one.pitfall ?? '',
    one.id,
    variantsOf(one, 'pitfall'),
    variantsOf(one, 'remedy'),
  ]);
  const [heading, ...lines] = columns([['pitfall', 'scenario', 'falls into it', 'does not'], ...rows]);
  return [style.faint(heading), ...lines, ''].join('\n');
}
