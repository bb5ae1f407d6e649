import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { dump } from 'js-yaml';
import { readFeed } from '../electron/updates/feed.ts';
import { keyId, refuseUnsigned } from '../electron/updates/statement.ts';
import { measured, rawPublicKey, readPrivateKey, signFeed } from './release/feed.ts';

/**
 * Signs the feed of a release: `npm run release:sign -- sign --key FILE --channel latest dist/latest*.yml`. Keys are read from
 * files of their owner alone, never from the command line or the environment. SECURITY.md says when which is used.
 */
const usage = `npm run release:sign -- new-key FILE
    make a private key in FILE and print its public key
npm run release:sign -- create FEED.yml --version VERSION [--notes FILE] [--staging PERCENT] FILE…
    write a feed for these files, which lie beside it
npm run release:sign -- sign --key FILE [--key FILE] [--channel latest] FEED.yml…
    sign each file that a feed names
npm run release:sign -- verify --public KEY [--public KEY] FEED.yml…
    check every signature as Trustkeep does`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    key: { type: 'string', multiple: true, default: [] },
    public: { type: 'string', multiple: true, default: [] },
    channel: { type: 'string', default: 'latest' },
    version: { type: 'string' },
    notes: { type: 'string' },
    staging: { type: 'string' },
  },
});
const [verb, ...paths] = positionals;

async function newKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  const raw = rawPublicKey(privateKey);
  console.log(
    `${path} holds the private key ${keyId(raw)}. Its public key, for electron/updates/release-keys.ts:\n${raw}`,
  );
}

async function create(feed: string, files: readonly string[]): Promise<void> {
  const { version, notes, staging } = values;
  if (version === undefined || files.length === 0) throw new Error(usage);
  const listed = files.map(async (file) => ({ url: basename(file), ...(await measured(file)) }));
  const entry = {
    version,
    files: await Promise.all(listed),
    ...(notes === undefined ? {} : { releaseNotes: await readFile(notes, 'utf8') }),
    releaseDate: new Date().toISOString(),
    ...(staging === undefined ? {} : { stagingPercentage: Number(staging) }),
  };
  await writeFile(feed, dump(entry, { lineWidth: -1 }));
}

async function signAll(feeds: readonly string[]): Promise<void> {
  const keys = await Promise.all(values.key.map(readPrivateKey));
  if (keys.length === 0 || feeds.length === 0) throw new Error(usage);
  for (const feed of feeds) {
    await signFeed(feed, values.channel, keys);
    console.log(`${feed}: signed for the channel ${values.channel}`);
  }
}

async function verifyAll(feeds: readonly string[]): Promise<void> {
  if (values.public.length === 0 || feeds.length === 0) throw new Error(usage);
  for (const path of feeds) {
    const { files } = readFeed(await readFile(path, 'utf8'), path);
    for (const { statement, signatures, url } of files) {
      if (statement === null) throw new Error(`${path}: ${url} has no signature`);
      refuseUnsigned(statement, signatures, values.public);
    }
    console.log(`${path}: ${files.length} files, each with a valid signature`);
  }
}

switch (verb) {
  case 'new-key':
    await newKey(paths[0] ?? 'release.key');
    break;
  case 'create':
    await create(paths[0] ?? '', paths.slice(1));
    break;
  case 'sign':
    await signAll(paths);
    break;
  case 'verify':
    await verifyAll(paths);
    break;
  default:
    console.error(usage);
    process.exitCode = 2;
}
