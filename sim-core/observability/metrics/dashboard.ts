/**
 * A dashboard: panels that a backend evaluates, and the signals that show what they said, beside what is true. A panel that has
 * nothing to say (too few samples, no observation) keeps silent, and its signal the last that it said.
 */
import { defineReading } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import { defineSignal, type SignalDefinition, type Truth } from '../../statistics/signal.ts';
import type { Evaluation } from './prometheus.ts';
import type { Head } from './series/head.ts';

const dashboardShown = defineReading('dashboard.shown', 'A panel of a dashboard was evaluated', {
  panel: 'text',
  value: 'number',
});

export interface Panel {
  /** `dashboard.` and the name of what it shows. */
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  /** What it ought to show. */
  readonly truth?: Truth;
  /** If somebody has set an objective for it. */
  readonly isIndicator?: true;
  /** What it shows at an instant; NaN or nothing where it has nothing to show. */
  readonly show: (head: Head, at: Time) => number | undefined;
}

export const panelSignals = (panels: readonly Omit<Panel, 'show'>[]): SignalDefinition[] =>
  panels.map(({ name, unit, help, truth, isIndicator }) =>
    defineSignal({
      name,
      kind: 'gauge',
      unit,
      help,
      ...(truth && { truth }),
      ...(isIndicator && { isIndicator }),
      fact: dashboardShown,
      where: ({ panel }) => panel === name,
      value: ({ value }) => value,
      of: ({ panel }) => panel,
    }),
  );

/** All panels, evaluated one after the other. */
export function dashboard(sim: Simulation, panels: readonly Panel[]): Evaluation {
  const shown = sim.facts.channel(dashboardShown);
  return (head, at) => {
    for (const { name, show } of panels) {
      const value = show(head, at);
      if (value !== undefined && Number.isFinite(value) && shown.heard) shown.emit({ panel: name, value });
    }
  };
}
