/**
 * Shares out standbys of tasks beside the tasks (`num.standby.replicas`; DefaultStandbyTaskAssignor and HighAvailabilityTaskAssignor of
 * apache/kafka). Task by task, each of its standbys goes to the member with the fewest tasks and standbys by then, of those that have
 * neither the task nor a standby of it; where there are too few members it has fewer.
 *
 * A task that nobody owns goes to a member that has its stores, to whom has the most of them: it is handed to the other
 * assignor as if that member had it, so that one which looks at what members own leaves it there while that is even. Here whom
 * it goes to need not be less behind than `acceptable.recovery.lag`, and there are no warm-up replicas. Tags of racks are not modelled.
 */
import {
  compare,
  nameOf,
  type Assignment,
  type Assignor,
  type Member,
  type TopicPartition,
  type TopicSizes,
} from '../groups/assignor.ts';

/** `tasks`: shares out the partitions of a topic that stands for the tasks. */
export function withStandbys(tasks: Assignor, replicas: number): Assignor {
  return {
    name: tasks.name,
    protocol: tasks.protocol,
    assign(topics, members) {
      const claims = claimsOf(topics, members);
      const having = members.map((member) => ({ ...member, owned: [...member.owned, ...claims.get(member.id)!] }));
      const actives = withClaims(tasks.assign(topics, having), claims);
      return shared(topics, members, actives, replicas);
    },
  };
}

type Loads = Map<string, number>;

const lessLoaded = (loads: Loads, a: string, b: string): number => loads.get(a)! - loads.get(b)! || compare(a, b);

/** The tasks that nobody owns, by whom has the most of their stores: of those that have not as many as an even share is. */
function claimsOf(topics: TopicSizes, members: readonly Member[]): Map<string, TopicPartition[]> {
  const owned = new Set(members.flatMap((member) => member.owned.map(nameOf)));
  const loads: Loads = new Map(members.map(({ id, owned: own }) => [id, own.length]));
  const claims = new Map<string, TopicPartition[]>(members.map(({ id }) => [id, []]));
  const places = placesOf(topics);
  const share = Math.ceil(places.length / members.length);
  for (const place of places) {
    if (owned.has(nameOf(place))) continue;
    const sumOf = ({ offsetSums }: Member): number => offsetSums?.get(place.partition) ?? 0;
    const [holder] = members
      .filter((member) => sumOf(member) > 0 && loads.get(member.id)! < share)
      .sort((a, b) => sumOf(b) - sumOf(a) || lessLoaded(loads, a.id, b.id));
    if (holder === undefined) continue;
    claims.get(holder.id)!.push(place);
    loads.set(holder.id, loads.get(holder.id)! + 1);
  }
  return claims;
}

/** A claim that another was to have is withheld by a cooperative assignor, for an owner to give it up who has none: it stays one. */
function withClaims(actives: Assignment, claims: ReadonlyMap<string, readonly TopicPartition[]>): Assignment {
  const given = new Set([...actives.values()].flatMap((places) => places.map(nameOf)));
  return new Map(
    [...actives].map(([id, places]) => [
      id,
      [...places, ...claims.get(id)!.filter((place) => !given.has(nameOf(place)))],
    ]),
  );
}

/** What everybody is given, standbys too. A task that is withheld until its owner has given it up is still with that one. */
function shared(topics: TopicSizes, members: readonly Member[], actives: Assignment, replicas: number): Assignment {
  const given = new Map<string, TopicPartition[]>([...actives].map(([id, places]) => [id, [...places]]));
  const ids = members.map(({ id }) => id);
  const ownerOf = new Map<string, string>();
  for (const { id, owned } of members) for (const place of owned) ownerOf.set(nameOf(place), id);
  for (const [id, places] of actives) for (const place of places) ownerOf.set(nameOf(place), id);
  const loads: Loads = new Map(ids.map((id) => [id, 0]));
  for (const id of ownerOf.values()) loads.set(id, loads.get(id)! + 1);
  for (const place of placesOf(topics)) {
    const others = ids.filter((id) => id !== ownerOf.get(nameOf(place)));
    for (const id of others.sort((a, b) => lessLoaded(loads, a, b)).slice(0, replicas)) {
      given.get(id)!.push({ ...place, isStandby: true });
      loads.set(id, loads.get(id)! + 1);
    }
  }
  return given;
}

const placesOf = (topics: TopicSizes): TopicPartition[] =>
  [...topics].flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })));
