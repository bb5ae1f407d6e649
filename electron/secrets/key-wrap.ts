import { createHmac, timingSafeEqual } from 'node:crypto';
import { decrypt, encrypt, sealFormat } from './aead.ts';
import { frame } from './frame.ts';

interface WrapPlace {
  storeUuid: string;
  /** Which key wraps: a key id, or `recovery`. */
  by: string;
}

export function wrapDataKey(place: WrapPlace, key: Buffer, dataKey: Buffer): string {
  return encrypt(key, bound(place), dataKey).toString('base64');
}

/** Null when `key` is another key or the bytes were changed. The caller wipes. */
export function unwrapDataKey(place: WrapPlace, key: Buffer, wrapped: string): Buffer | null {
  return decrypt(key, bound(place), Buffer.from(wrapped, 'base64'));
}

/** Key check value. */
export function checkValue(masterKey: Buffer, storeUuid: string): string {
  const whole = createHmac('sha256', masterKey).update('kcv').update(storeUuid).digest();
  return whole.subarray(0, 16).toString('base64');
}

export function fitsCheckValue(masterKey: Buffer, storeUuid: string, kcv: string): boolean {
  const expected = Buffer.from(kcv, 'base64');
  const actual = Buffer.from(checkValue(masterKey, storeUuid), 'base64');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function bound({ storeUuid, by }: WrapPlace): Buffer {
  return frame(['dek', storeUuid, by, Buffer.of(sealFormat)]);
}
