/** Core NATS as properties: copies of a message against a naive count, and the books of connections. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { CoreServer, type Subscription } from '../../../../sim-core/systems/nats/core.ts';
import { subjectMatches } from '../../../../sim-core/systems/nats/subject.ts';

const subject = fc.constantFrom('a', 'b', 'a.b', 'a.c');
const pattern = fc.oneof(subject, fc.constantFrom('>', '*', 'a.*', 'a.>'));
const connection = fc.nat(2);
type Step =
  | { readonly subscribe: string; readonly queue: string | undefined; readonly at: number }
  | { readonly publish: string }
  | { readonly read: number }
  | { readonly unsubscribe: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ subscribe: pattern, queue: fc.constantFrom(undefined, 'g', 'h'), at: connection }),
  fc.record({ publish: subject }),
  fc.record({ read: connection }),
  fc.record({ unsubscribe: fc.nat(20) }),
);

it('gives each subscription one copy and each group one, whoever is in it, and loses only what a cut connection had', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 2, max: 12 }), fc.nat(), (steps, limit, seed) => {
      const server = new CoreServer<number>(new Simulation({ seed }).random('member'), limit);
      const connections = [0, 1, 2].map((n) => server.connect(`${n}`));
      let subscriptions: { readonly at: number; readonly made: Subscription }[] = [];
      for (const step of steps) {
        if ('subscribe' in step)
          subscriptions.push({ at: step.at, made: connections[step.at].subscribe(step.subscribe, step.queue) });
        else if ('read' in step) connections[step.read].take();
        else if ('unsubscribe' in step) {
          const [gone] = subscriptions.splice(step.unsubscribe, 1);
          if (gone !== undefined) connections[gone.at].unsubscribe(gone.made.id);
        } else {
          const open = subscriptions.filter(
            ({ at, made }) => !connections[at].cut && subjectMatches(made.pattern, step.publish),
          );
          const groups = new Set(open.flatMap(({ made }) => made.queue ?? []));
          const plain = open.filter(({ made }) => made.queue === undefined);
          const copies = server.publish({ subject: step.publish, payload: 0, bytes: 1 });
          const wanted = plain.length + groups.size;
          // A connection that is cut by an earlier copy of this very message gets no more of it.
          expect(copies).toBeLessThanOrEqual(wanted);
          if (open.every(({ at }) => !connections[at].cut)) expect(copies).toBe(wanted);
        }
        subscriptions = subscriptions.filter(({ at }) => !connections[at].cut);
        expect(server.violations()).toEqual([]);
        for (const { cut, pendingBytes, books } of connections) {
          expect(pendingBytes).toBeLessThanOrEqual(limit);
          if (!cut) expect(books.count('lost')).toBe(0);
        }
      }
    }),
  );
});

it('chooses every member of a group in the long run', () => {
  const server = new CoreServer<number>(new Simulation().random('member'));
  const members = ['1', '2', '3'].map((name) => server.connect(name));
  members.forEach((member, i) => member.subscribe(i === 0 ? 'a' : '*', 'g'));
  for (let i = 0; i < 3_000; i++) server.publish({ subject: 'a', payload: i, bytes: 1 });
  const counts = members.map(({ books }) => books.count('ready'));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3_000);
  // Five standard deviations of a binomial number with the mean of 1,000.
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(5 * Math.sqrt((3_000 * 2) / 9));
});
