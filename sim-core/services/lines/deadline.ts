/**
 * First in, first out, but nothing is begun for a caller who has gone: calls carry their deadline, as gRPC's do
 * (https://grpc.io/docs/guides/deadlines/).
 */
import type { LineDiscipline } from './line-discipline.ts';

export const deadline = (): LineDiscipline => ({
  placeOf: () => 0,
  drops: (_waited, now, deadline) => now >= deadline,
});
