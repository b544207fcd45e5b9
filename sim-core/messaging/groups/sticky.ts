/**
 * Sticky (KIP-54) and cooperative-sticky (KIP-429): as even as the subscriptions allow, and a partition stays where it
 * is unless evenness asks for a move.
 *
 * Where all subscribe to the same topics the quotas are known: members keep what they own up to theirs, and the rest goes
 * round. Otherwise each partition goes to the member with the fewest that may have it, the most constrained partitions
 * first, and partitions move while a move makes two members more even. Kafka's own search for unequal subscriptions
 * takes other turns to the same end.
 *
 * Cooperative: what somebody owns and another is to have is given to nobody in this round. Its owner gives it up, the
 * group rebalances once more, and only then it is assigned.
 */
import {
  compare,
  nameOf,
  sortedMembers,
  subscribedPartitions,
  type Assignment,
  type Assignor,
  type Member,
  type TopicPartition,
  type TopicSizes,
} from './assignor.ts';

export const sticky: Assignor = { name: 'sticky', protocol: 'eager', assign: assignSticky };

export const cooperativeSticky: Assignor = {
  name: 'cooperative-sticky',
  protocol: 'cooperative',
  assign(topics, members) {
    const owners = ownersOf(members);
    const withheld = new Map<string, readonly TopicPartition[]>();
    for (const [id, places] of assignSticky(topics, members)) {
      withheld.set(
        id,
        places.filter((place) => (owners.get(nameOf(place)) ?? id) === id),
      );
    }
    return withheld;
  },
};

function assignSticky(topics: TopicSizes, members: readonly Member[]): Assignment {
  const sorted = sortedMembers(members);
  const places = subscribedPartitions(topics, members);
  const share = new Map<string, TopicPartition[]>(sorted.map(({ id }) => [id, []]));
  const owners = ownersOf(members);
  const isEqual = sorted.every((member) => sameTopics(member.topics, sorted[0].topics));
  const free = isEqual ? keepQuota(places, sorted, share, owners) : keepAll(places, sorted, share, owners);
  if (isEqual) dealOut(free, sorted, share, places.length);
  else {
    placeFree(free, sorted, share);
    evenOut(sorted, share);
  }
  for (const own of share.values()) own.sort((a, b) => compare(a.topic, b.topic) || a.partition - b.partition);
  return share;
}

/** Who owns what: of two who say so, the one of the later generation; neither if they are of the same. */
function ownersOf(members: readonly Member[]): Map<string, string> {
  const claims = new Map<string, { readonly generation: number; readonly id: string | undefined }>();
  for (const { id, owned, generation } of members) {
    for (const place of owned) {
      const name = nameOf(place);
      const other = claims.get(name);
      if (other === undefined || other.generation < generation) claims.set(name, { generation, id });
      else if (other.generation === generation) claims.set(name, { generation, id: undefined });
    }
  }
  const owners = new Map<string, string>();
  for (const [name, { id }] of claims) if (id !== undefined) owners.set(name, id);
  return owners;
}

type Share = Map<string, TopicPartition[]>;

/** Members keep what they own up to their quota; gives what is left over. */
function keepQuota(
  places: readonly TopicPartition[],
  members: readonly Member[],
  share: Share,
  owners: ReadonlyMap<string, string>,
): TopicPartition[] {
  const least = Math.floor(places.length / members.length);
  let more = places.length % members.length;
  const kept = new Set<TopicPartition>();
  for (const { id } of members) {
    const own = places.filter((place) => owners.get(nameOf(place)) === id);
    const quota = own.length > least && more > 0 ? least + 1 : least;
    if (own.length > least && more > 0) more--;
    for (const place of own.slice(0, quota)) {
      kept.add(place);
      share.get(id)!.push(place);
    }
  }
  return places.filter((place) => !kept.has(place));
}

/** The rest goes round among those below their quota: all get the least first, and some one more. */
function dealOut(free: readonly TopicPartition[], members: readonly Member[], share: Share, partitions: number): void {
  const least = Math.floor(partitions / members.length);
  let more = partitions % members.length;
  for (const own of share.values()) if (own.length > least) more--;
  let turn = 0;
  const missing = (own: TopicPartition[]): boolean => own.length < least || (own.length === least && more > 0);
  for (const place of free) {
    while (!missing(share.get(members[turn % members.length].id)!)) turn++;
    const own = share.get(members[turn++ % members.length].id)!;
    if (own.length === least) more--;
    own.push(place);
  }
}

function keepAll(
  places: readonly TopicPartition[],
  members: readonly Member[],
  share: Share,
  owners: ReadonlyMap<string, string>,
): TopicPartition[] {
  const choices = ({ topic }: TopicPartition): number => members.filter(({ topics }) => topics.includes(topic)).length;
  const free: TopicPartition[] = [];
  for (const place of places) {
    const owner = owners.get(nameOf(place));
    const mayKeep = members.some(({ id, topics }) => id === owner && topics.includes(place.topic));
    if (mayKeep) share.get(owner!)!.push(place);
    else free.push(place);
  }
  return free.sort((a, b) => choices(a) - choices(b));
}

function placeFree(free: readonly TopicPartition[], members: readonly Member[], share: Share): void {
  for (const place of free) share.get(fewest(place, members, share).id)!.push(place);
}

/** Moves a partition while there is one whose owner has two more than another that may have it. */
function evenOut(members: readonly Member[], share: Share): void {
  for (let moved = true; moved;) {
    moved = false;
    for (const own of share.values()) {
      for (const place of own.slice()) {
        const other = share.get(fewest(place, members, share).id)!;
        if (own.length < other.length + 2) continue;
        own.splice(own.indexOf(place), 1);
        other.push(place);
        moved = true;
      }
    }
  }
}

/** Of those who may have it, the member with the fewest; the first of several. */
function fewest({ topic }: TopicPartition, members: readonly Member[], share: Share): Member {
  const eligible = members.filter(({ topics }) => topics.includes(topic));
  return eligible.reduce((best, member) => (share.get(member.id)!.length < share.get(best.id)!.length ? member : best));
}

function sameTopics(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((topic) => b.includes(topic));
}
