import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import type { Secret } from './secret.ts';

/**
 * A long text under a passphrase, in pieces that are authenticated one by one (STREAM: the number of the piece and
 * whether it is the last are its nonce, so none can be moved, left out or cut off). This room knows the bytes, the
 * database's room the files.
 *
 *     magic 16 ‖ version ‖ log₂N ‖ r ‖ p ‖ salt 32 ‖ length of the text 8 ‖ checksum 8 ‖ HMAC-SHA-256 32
 *     then per piece of 64 KiB: AES-256-GCM(piece) ‖ tag 16, with all of the above as additional data
 *
 * The checksum tells a damaged header from a wrong passphrase.
 */
const magic = Buffer.from('trustkeep backup', 'latin1');
const version = 1;
const at = { version: 16, cost: 17, salt: 20, length: 52, checksum: 60, mac: 68 };
export const headerLength = 100;
export const pieceLength = 64 * 1024;
const tagLength = 16;

/** A quarter of a second and 128 MiB for every guess, which also small machines have. */
const usualCost = { log2N: 17, r: 8, p: 1 };
/** A file may ask for more, within what a machine survives. */
const most = { log2N: 19, r: 8, p: 4 };

type Unreadable = 'not-ours' | 'newer' | 'cut' | 'damaged';

export interface Header {
  bytes: Buffer;
  /** Of the text. */
  length: number;
}

export interface StreamKeys {
  header: Buffer;
  pieces: KeyObject;
}

/** Of the whole file. */
export function lengthOf(text: number): number {
  return headerLength + text + tagLength * pieces(text);
}

/** At least one, so that there is always a last one. */
export function pieces(text: number): number {
  return Math.max(1, Math.ceil(text / pieceLength));
}

export async function newHeader(
  passphrase: Secret,
  length: number,
  cost = usualCost,
): Promise<{ header: Header; keys: StreamKeys }> {
  const bytes = Buffer.alloc(headerLength);
  magic.copy(bytes);
  bytes.set([version, cost.log2N, cost.r, cost.p], at.version);
  randomBytes(at.length - at.salt).copy(bytes, at.salt);
  bytes.writeBigUInt64BE(BigInt(length), at.length);
  checksum(bytes).copy(bytes, at.checksum);
  const keys = await derive(passphrase, bytes);
  mac(keys, bytes).copy(bytes, at.mac);
  return { header: { bytes, length }, keys };
}

/** What the first bytes of a file say, before anybody is asked for a passphrase. */
export function readHeader(bytes: Buffer): Header | Unreadable {
  const begins = bytes.subarray(0, magic.length);
  if (bytes.length === 0 || !begins.equals(magic.subarray(0, begins.length))) return 'not-ours';
  if (bytes.length > at.version && (bytes[at.version] ?? 0) > version) return 'newer';
  if (bytes.length < headerLength) return 'cut';
  const length = Number(bytes.readBigUInt64BE(at.length));
  const [log2N = 0, r = 0, p = 0] = bytes.subarray(at.cost, at.salt);
  const costs = log2N >= 10 && log2N <= most.log2N && r >= 1 && r <= most.r && p >= 1 && p <= most.p;
  const sound = checksum(bytes).equals(bytes.subarray(at.checksum, at.mac));
  if (bytes[at.version] !== version || !sound || !costs || !Number.isSafeInteger(length)) return 'damaged';
  return { bytes: Buffer.from(bytes.subarray(0, headerLength)), length };
}

/** Null when it is another passphrase. */
export async function openHeader(passphrase: Secret, { bytes }: Header): Promise<StreamKeys | null> {
  const keys = await derive(passphrase, bytes);
  return timingSafeEqual(mac(keys, bytes), bytes.subarray(at.mac)) ? keys : null;
}

export function sealPiece(keys: StreamKeys, header: Header, index: number, piece: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', keys.pieces, nonceOf(header, index), {
    authTagLength: tagLength,
  });
  cipher.setAAD(header.bytes);
  const body = cipher.update(piece);
  cipher.final();
  return Buffer.concat([body, cipher.getAuthTag()]);
}

/** Null when it is not what was sealed at this place. */
export function openPiece(keys: StreamKeys, header: Header, index: number, sealed: Buffer): Buffer | null {
  if (sealed.length < tagLength) return null;
  const decipher = createDecipheriv('aes-256-gcm', keys.pieces, nonceOf(header, index), {
    authTagLength: tagLength,
  });
  decipher.setAAD(header.bytes);
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  const piece = decipher.update(sealed.subarray(0, sealed.length - tagLength));
  try {
    decipher.final();
    return piece;
  } catch {
    piece.fill(0);
    return null;
  }
}

/** The key is this file's alone, so that counting is enough. */
function nonceOf({ length }: Header, index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = index === pieces(length) - 1 ? 1 : 0;
  return nonce;
}

function checksum(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes.subarray(0, at.checksum)).digest().subarray(0, 8);
}

function mac(keys: StreamKeys, bytes: Buffer): Buffer {
  return createHmac('sha256', keys.header).update(bytes.subarray(0, at.mac)).digest();
}

/** Typed on another machine, the same letters may come as other bytes: they are made the same. */
async function derive(passphrase: Secret, bytes: Buffer): Promise<StreamKeys> {
  const [log2N = 0, r = 0, p = 0] = bytes.subarray(at.cost, at.salt);
  const cost = { N: 2 ** log2N, r, p, maxmem: 129 * 2 ** log2N * r + 1024 * 1024 * p };
  const password = Buffer.from(passphrase.text().normalize('NFC'), 'utf8');
  const both = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, bytes.subarray(at.salt, at.length), 64, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  }).finally(() => password.fill(0));
  const keys = { header: Buffer.from(both.subarray(0, 32)), pieces: createSecretKey(both.subarray(32)) };
  both.fill(0);
  return keys;
}
