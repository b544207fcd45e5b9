/**
 * Partitions: the way between a component and one of its neighbours, or all of them, is cut and opened again. It can be
 * done to every component that is wired to another, in any scenario.
 *
 * What is sent meanwhile waits and is sent when the way is open, as TCP does: nothing is lost, and who has a timeout gives
 * up. Does not model the pauses between a real sender's attempts, which grow with the outage, nor that it gives up itself
 * after some minutes.
 */
import type { Simulation } from '../kernel/simulation.ts';
import { connectionsOf, type Component, type Connection, type Intervention } from './component.ts';

/** All that can be done to a component: what it takes itself, and partitions from its neighbours. */
export function interventionsOf(sim: Simulation, component: Component): Readonly<Record<string, Intervention>> {
  const { name } = component;
  const connections = connectionsOf(sim).filter(({ from, to }) => from === name || to === name);
  const neighbours = [...new Set(connections.map(({ from, to }) => (from === name ? to : from)))];
  if (neighbours.length === 0) return component.interventions;
  const max = neighbours.length;
  const from = { name: 'from', help: 'number of the neighbour, 0 for all', min: 0, max, default: 0 };
  const numbers = neighbours.map((neighbour, i) => `${i + 1} ${neighbour}`).join(', ');
  const ways = (number: number): Connection[] => {
    const which = Math.floor(number);
    if (which === 0) return connections;
    return connections.filter(({ from: near, to }) => [near, to].includes(neighbours[which - 1]));
  };
  return {
    ...component.interventions,
    partition: {
      help: `Cuts the way to a neighbour, so that what is sent waits until it is open again: 0 all, ${numbers}`,
      arguments: [from],
      apply: ([number]) => ways(number).forEach((way) => way.cut()),
    },
    reconnect: {
      help: 'Opens the way to a neighbour again, by the same numbers',
      arguments: [from],
      apply: ([number]) => ways(number).forEach((way) => way.open()),
    },
  };
}
