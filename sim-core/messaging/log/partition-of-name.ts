/**
 * The partition of an internal topic that keeps a name, and so who coordinates it: GroupMetadataManager and
 * TransactionStateManager of apache/kafka take `Utils.abs(name.hashCode) % partitions`, Java's hash of the text without
 * its sign, where the least integer's is 0.
 */
export function partitionOfName(name: string, partitions: number): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return (hash === -2_147_483_648 ? 0 : Math.abs(hash)) % partitions;
}
