/** Who takes part in a transaction, by name: partitions, and groups for the offsets that are committed in it. */
const GROUP = 'group ';

export const participantOf = (group: string): string => GROUP + group;

/** The group's name; undefined for a partition. */
export const groupOf = (participant: string): string | undefined =>
  participant.startsWith(GROUP) ? participant.slice(GROUP.length) : undefined;
