/** No channel: nobody is told of a write, and a copy is old until its time to live is over. */
import { readLocally, type InvalidationChannel } from './channel.ts';

export function ttlAlone(): InvalidationChannel {
  return { join: (member) => ({ read: readLocally(member), *wrote() {} }) };
}
