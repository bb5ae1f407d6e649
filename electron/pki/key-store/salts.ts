import { createHash, createHmac } from 'node:crypto';
import type { Secret } from '../../secrets/secret.ts';
import type { Work } from '../work.ts';
import { unfit } from './failures.ts';
import { updateInSlices } from './pfx-mac.ts';

const leastSeed = 32;

/**
 * Salts and initialization vectors, derived by HKDF (RFC 5869) from a secret seed and from what is to be encrypted: the same content
 * gets the same, as often as it is written and wherever it lies, and another content never does.
 */
export class Salts {
  #prk: Buffer;

  constructor(seed: Secret) {
    if (seed.bytes().length < leastSeed)
      throw unfit('The seed of a key entry is too short.', `It needs ${leastSeed} bytes.`);
    this.#prk = createHmac('sha256', 'trustkeep key store').update(seed.bytes()).digest();
  }

  /** For one thing that is written: gives as many bytes as are asked for, by what they are for. */
  async of(content: Buffer, work: Work): Promise<(what: string, size: number) => Buffer> {
    const hash = createHash('sha256');
    await updateInSlices(hash, content, work);
    const digest = hash.digest();
    return (what, size) => this.#expand(Buffer.concat([Buffer.from(`${what}\0`), digest]), size);
  }

  #expand(info: Buffer, size: number): Buffer {
    const parts: Buffer[] = [];
    let last = Buffer.alloc(0);
    for (let at = 1; parts.length * 32 < size; at += 1) {
      last = createHmac('sha256', this.#prk).update(last).update(info).update(Buffer.of(at)).digest();
      parts.push(last);
    }
    return Buffer.concat(parts).subarray(0, size);
  }

  wipe(): void {
    this.#prk.fill(0);
  }
}
