import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { readWithoutWaiting } from '#kit/open-flags.ts';
import {
  type Header,
  headerLength,
  lengthOf,
  newHeader,
  openHeader,
  openPiece,
  pieceLength,
  pieces,
  readHeader,
  type StreamKeys,
  sealPiece,
} from '../secrets/passphrase-stream.ts';
import type { Secret } from '../secrets/secret.ts';
import {
  backupCut,
  backupDamaged,
  newerBackup,
  notABackup,
  unreadableBackup,
  wrongPassphrase,
} from './backup-failures.ts';

const tagLength = 16;
const dataKeyLength = 32;

/** What stands before the database in the text: its length, these facts, the data key. */
const facts = z.object({ format: z.literal(1), madeAt: z.number().int(), trustkeep: z.string() });
type BackupFacts = z.infer<typeof facts>;

export interface BackupContent {
  facts: BackupFacts;
  dataKey: Buffer;
  /** The database, piece by piece. Throws `backup.damaged` at the first that is not what was written. */
  database: AsyncGenerator<Buffer>;
}

/** Writes a whole backup into `out`. Gives its length and the hash of its text. */
export async function writeBackup(
  out: FileHandle,
  passphrase: Secret,
  content: { facts: BackupFacts; dataKey: Buffer; database: FileHandle },
): Promise<{ bytes: number; hash: string }> {
  const front = frontOf(content.facts, content.dataKey);
  const { size } = await content.database.stat();
  const { header, keys } = await newHeader(passphrase, front.length + size);
  const hash = createHash('sha256');
  await writeAll(out, header.bytes);
  let index = 0;
  for await (const piece of piecesOf(front, content.database)) {
    hash.update(piece);
    await writeAll(out, sealPiece(keys, header, index++, piece));
    piece.fill(0);
  }
  if (index !== pieces(header.length)) throw new Error('the copy changed while it was read');
  await out.sync();
  return { bytes: lengthOf(header.length), hash: hash.digest('hex') };
}

/** Reads it as a restore would, to its end. Throws `backup.*` when it is not what was written. */
export async function proveBackup(path: string, passphrase: Secret, hash: string): Promise<void> {
  const { texts, close } = await openBackup(path, passphrase);
  const read = createHash('sha256');
  try {
    for await (const piece of texts) {
      read.update(piece);
      piece.fill(0);
    }
  } finally {
    await close();
  }
  if (read.digest('hex') !== hash) throw backupDamaged(path);
}

/** Opens a backup and hands what it holds to `use`. */
export async function withBackup<T>(
  path: string,
  passphrase: Secret,
  use: (content: BackupContent) => Promise<T>,
): Promise<T> {
  const { texts, close } = await openBackup(path, passphrase);
  try {
    const first = await texts.next();
    const piece = first.value ?? Buffer.alloc(0);
    const front = readFront(path, piece);
    try {
      return await use({ ...front, database: behind(piece.subarray(front.length), texts) });
    } finally {
      front.dataKey.fill(0);
      piece.fill(0);
    }
  } finally {
    await close();
  }
}

async function openBackup(
  path: string,
  passphrase: Secret,
): Promise<{ texts: AsyncGenerator<Buffer>; close: () => Promise<void> }> {
  const file = await open(path, readWithoutWaiting).catch((error: unknown) => {
    throw unreadableBackup(path, error);
  });
  try {
    const { size, header } = await headerOf(path, file);
    const keys = await openHeader(passphrase, header);
    if (keys === null) throw wrongPassphrase(path);
    const whole = lengthOf(header.length);
    if (size < whole) throw backupCut(path, size, whole);
    if (size > whole) throw backupDamaged(path);
    return { texts: textsOf(path, file, header, keys), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function headerOf(path: string, file: FileHandle): Promise<{ size: number; header: Header }> {
  const about = await file.stat();
  if (!about.isFile()) throw notABackup(path);
  const start = Buffer.alloc(headerLength);
  const { bytesRead } = await file.read(start, 0, headerLength, 0);
  const header = readHeader(start.subarray(0, bytesRead));
  switch (header) {
    case 'not-ours':
      throw notABackup(path);
    case 'newer':
      throw newerBackup(path);
    case 'cut':
      throw backupCut(path, about.size, null);
    case 'damaged':
      throw backupDamaged(path);
    default:
      return { size: about.size, header };
  }
}

async function* textsOf(
  path: string,
  file: FileHandle,
  header: Header,
  keys: StreamKeys,
): AsyncGenerator<Buffer, undefined> {
  let left = header.length;
  let position = headerLength;
  for (let index = 0; index < pieces(header.length); index++) {
    const length = Math.min(left, pieceLength) + tagLength;
    const sealed = Buffer.alloc(length);
    const { bytesRead } = await file.read(sealed, 0, length, position);
    const piece = bytesRead === length ? openPiece(keys, header, index, sealed) : null;
    if (piece === null) throw backupDamaged(path);
    yield piece;
    position += length;
    left -= length - tagLength;
  }
}

/** The text from its front on, in pieces of the one length. */
async function* piecesOf(front: Buffer, file: FileHandle): AsyncGenerator<Buffer> {
  let begun = Buffer.alloc(pieceLength);
  let filled = front.copy(begun);
  front.fill(0);
  for (;;) {
    const { bytesRead } = await file.read(begun, filled, pieceLength - filled);
    filled += bytesRead;
    if (bytesRead > 0 && filled < pieceLength) continue;
    if (filled > 0) yield begun.subarray(0, filled);
    if (bytesRead === 0) return;
    begun = Buffer.alloc(pieceLength);
    filled = 0;
  }
}

export async function writeAll(out: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await out.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}

function frontOf(about: BackupFacts, dataKey: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(about), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, dataKey]);
}

/** It was sealed by whoever knows the passphrase; what does not fit was made by a program that is not ours. */
function readFront(path: string, piece: Buffer): { facts: BackupFacts; dataKey: Buffer; length: number } {
  const textLength = piece.length < 4 ? piece.length : piece.readUInt32BE(0);
  const length = 4 + textLength + dataKeyLength;
  if (piece.length < length) throw backupDamaged(path);
  const parsed = facts.safeParse(parseJson(piece.toString('utf8', 4, 4 + textLength)));
  if (!parsed.success) throw newerBackup(path);
  const dataKey = Buffer.from(piece.subarray(4 + textLength, length));
  return { facts: parsed.data, dataKey, length };
}

async function* behind(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
