import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dump, JSON_SCHEMA, load } from 'js-yaml';
import { measure } from '../../electron/updates/check-file.ts';
import { fileNameOf } from '../../electron/updates/feed.ts';
import { keyId, type Statement, statementText } from '../../electron/updates/statement.ts';

/** A feed as electron-builder writes it, as far as it is read here; the rest stays as it is. */
interface Feed {
  version: string;
  files: { url: string; sha512: string; size: number; trustkeep?: unknown }[];
}

const systems: Record<string, string> = { linux: 'linux', win: 'win32', mac: 'darwin' };
const machines: Record<string, string> = {
  x64: 'x64',
  x86_64: 'x64',
  amd64: 'x64',
  arm64: 'arm64',
  aarch64: 'arm64',
};

/** `trustkeep-1.2.3-linux-x86_64.AppImage` tells for what it is. Throws where a name does not. */
function placeOf(name: string): { platform: string; arch: string } {
  const [, os = '', machine = ''] =
    /-(linux|win|mac)-(x64|x86_64|amd64|arm64|aarch64)\.[^-]+$/.exec(name) ?? [];
  const [platform, arch] = [systems[os], machines[machine]];
  if (platform === undefined || arch === undefined)
    throw new Error(`${name} does not say for which system it is (…-linux-x64.AppImage, …-win-arm64.exe)`);
  return { platform, arch };
}

/** 32 bytes, base64. */
export function rawPublicKey(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url').toString('base64');
}

export function signStatement(statement: Statement, key: KeyObject): { key: string; value: string } {
  const value = sign(null, statementText(statement), key).toString('base64');
  return { key: keyId(rawPublicKey(key)), value };
}

/** Reads a private key that is its owner's alone. Throws where others may read it. */
export async function readPrivateKey(path: string): Promise<KeyObject> {
  const { mode, uid } = await stat(path);
  const self = process.getuid?.();
  if (self !== undefined && ((mode & 0o077) !== 0 || uid !== self))
    throw new Error(`${path} can be read by other accounts than its owner: chmod 600 it, and use a new key`);
  const key = createPrivateKey(await readFile(path));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} is no Ed25519 key`);
  return key;
}

/** Size and hash of a file, as a feed says them. */
export async function measured(path: string): Promise<{ size: number; sha512: string }> {
  const { size, sha512 } = await measure(path);
  return { size, sha512: sha512.toString('base64') };
}

async function readFeedFile(path: string): Promise<Feed> {
  const feed = load(await readFile(path, 'utf8'), { schema: JSON_SCHEMA }) as Feed | null;
  if (typeof feed?.version !== 'string' || !Array.isArray(feed.files)) throw new Error(`${path} is no feed`);
  return feed;
}

/** Writes the feed again with a signature by each key for each file beside it, whose sizes and hashes are compared first. */
export async function signFeed(path: string, channel: string, keys: readonly KeyObject[]): Promise<void> {
  const feed = await readFeedFile(path);
  for (const file of feed.files) {
    const name = fileNameOf(file.url);
    const { size, sha512 } = await measured(join(dirname(path), name));
    if (size !== file.size || sha512 !== file.sha512)
      throw new Error(`${name} is not the file that the feed describes`);
    const statement = { version: feed.version, channel, ...placeOf(name), name, size, sha512 };
    const { platform, arch } = statement;
    file.trustkeep = {
      channel,
      platform,
      arch,
      signatures: keys.map((key) => signStatement(statement, key)),
    };
  }
  await writeFile(path, dump(feed, { lineWidth: -1 }));
}
