import { createHash } from 'node:crypto';

/** 0 ≤ spread < 1, evenly over nodes and certificates and always the same for the same two: jitter that can be explained. */
export function spreadOf(nodeId: string, fingerprint: string): number {
  return createHash('sha256').update(`${nodeId}/${fingerprint}`).digest().readUInt32BE(0) / 2 ** 32;
}
