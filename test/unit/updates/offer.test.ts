import { describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { makeReleaseKey } from '#test/servers/update-feed.ts';
import { type FeedEntry, feedName, readFeed } from '../../../electron/updates/feed.ts';
import { type Offer, type OfferFor, offerOf, refuseAddress } from '../../../electron/updates/offer.ts';
import { signStatement } from '../../../scripts/release/feed.ts';

const key = makeReleaseKey();
const feedUrl = 'https://updates.example/releases/latest-linux.yml';
const here: OfferFor = {
  version: '1.0.0',
  channel: 'latest',
  platform: 'linux',
  arch: 'x64',
  kind: 'appimage',
  keys: [key.raw],
  share: 40,
};

function entry(version: string, more: Partial<FeedEntry> = {}, channel = 'latest'): FeedEntry {
  const files = [
    ['linux', 'x64', 'AppImage'],
    ['linux', 'x64', 'deb'],
    ['win32', 'x64', 'exe'],
    ['win32', 'arm64', 'exe'],
  ].map(([platform = '', arch = '', ending]) => {
    const name = `trustkeep-${version}-${platform}-${arch}.${ending}`;
    const statement = { version, channel, platform, arch, name, size: 10, sha512: 'c2hhNTEy' };
    return { url: name, statement, signatures: [signStatement(statement, key.privateKey)] };
  });
  return { version, notes: null, releasedAt: null, staging: null, files, ...more };
}

function answer(offered: FeedEntry, wanted: Partial<OfferFor> = {}): Offer | string | null {
  try {
    return offerOf(offered, feedUrl, { ...here, ...wanted });
  } catch (error) {
    return asFailure(error).code;
  }
}

describe('what a feed offers', () => {
  test('is the file for this system and package, beside the feed', () => {
    expect(answer(entry('1.1.0'))).toMatchObject({
      shown: { version: '1.1.0', size: 10 },
      url: 'https://updates.example/releases/trustkeep-1.1.0-linux-x64.AppImage',
    });
    expect(answer(entry('1.1.0'), { platform: 'win32', arch: 'arm64', kind: 'windows' })).toMatchObject({
      statement: { name: 'trustkeep-1.1.0-win32-arm64.exe' },
    });
    expect(answer(entry('1.1.0'), { kind: 'deb' })).toMatchObject({
      statement: { name: 'trustkeep-1.1.0-linux-x64.deb' },
    });
  });

  test.each([
    ['1.0.0', null],
    ['0.9.9', null],
    ['1.0.0-beta.1', null],
    ['1.0.0+build', null],
    ['1.0.1-beta.1', '1.0.1-beta.1'],
    ['1.10.0', '1.10.0'],
    ['10.0.0', '10.0.0'],
  ])('%s for 1.0.0: %s', (version, expected) => {
    const found = answer(entry(version));
    expect(typeof found === 'object' ? (found?.shown.version ?? null) : found).toBe(expected);
  });

  test.each([
    [0, null],
    [40, null],
    [41, '1.1.0'],
    [100, '1.1.0'],
  ])('a roll-out to %d %% reaches the machine at 40: %s', (staging, expected) => {
    const found = answer(entry('1.1.0', { staging }));
    expect(typeof found === 'object' ? (found?.shown.version ?? null) : found).toBe(expected);
  });

  test('is nothing of another channel, though it is signed', () => {
    expect(answer(entry('1.1.0', {}, 'beta'))).toBe('update.file-missing');
    expect(answer(entry('1.1.0', {}, 'beta'), { channel: 'beta' })).toMatchObject({
      shown: { version: '1.1.0' },
    });
  });

  test('is nothing for a system that has no file', () => {
    expect(answer(entry('1.1.0'), { arch: 'arm64' })).toBe('update.file-missing');
  });

  test('is nothing without the signature, even where it is not newer', () => {
    const unsigned = (version: string) => ({
      ...entry(version),
      files: entry(version).files.map((file) => ({ ...file, signatures: [] })),
    });
    expect(answer(unsigned('1.1.0'))).toBe('update.not-signed');
    expect(answer(unsigned('0.9.0'))).toBe('update.not-signed');
    const plain = { ...entry('1.1.0'), files: [{ url: 'a.AppImage', statement: null, signatures: [] }] };
    expect(answer(plain)).toBe('update.not-signed');
  });

  test('is nothing when the version was raised after it was signed', () => {
    const files = entry('1.0.0').files.map((file) => ({
      ...file,
      statement: file.statement === null ? null : { ...file.statement, version: '1.2.0' },
    }));
    expect(answer({ ...entry('1.0.0'), version: '1.2.0', files })).toBe('update.not-signed');
  });

  test.each(['latest', 'v1.1.0', '=1.1.0', ' 1.1.0', '1.1', '01.1.0'])(
    'is nothing when it names no version, or not as a version names itself: %j',
    (version) => {
      expect(answer(entry(version))).toBe('update.not-a-feed');
    },
  );

  test('is nothing at an address without TLS', () => {
    const files = entry('1.1.0').files.map((file) => ({
      ...file,
      url: `http://elsewhere.example/${file.url}`,
    }));
    expect(answer({ ...entry('1.1.0'), files })).toBe('update.not-a-feed');
  });
});

test.each([
  ['https://updates.example/', true],
  ['http://127.0.0.1:8080/', true],
  ['http://localhost/', true],
  ['http://updates.example/', false],
  ['https://user:word@updates.example/', false],
  ['file:///etc/passwd', false],
  ['http://127.0.0.1.example/', false],
  ['', false],
])('updates may come from %j: %s', (address, may) => {
  let refused = false;
  try {
    refuseAddress(address);
  } catch {
    refused = true;
  }
  expect(refused).toBe(!may);
});

describe('a feed', () => {
  const sha512 = Buffer.alloc(64, 7).toString('base64');
  const good = `version: 1.2.0
files:
  - url: trustkeep-1.2.0-linux-x86_64.AppImage
    sha512: ${sha512}
    size: 12
    blockMapSize: 3
    trustkeep:
      channel: latest
      platform: linux
      arch: x64
      signatures:
        - { key: 0123456789abcdef, value: AAAA }
path: trustkeep-1.2.0-linux-x86_64.AppImage
releaseDate: '2026-11-30T10:00:00.000Z'
releaseNotes: <p>Better &amp; <b>faster</b></p>
`;

  test('with notes in plain text keeps what stands between angle brackets there', () => {
    const notes = 'One can say --key <FILE>, and a <b> is no tag.';
    expect(readFeed(good.replace(/releaseNotes: .*/, `releaseNotes: ${notes}`), 'here').notes).toBe(notes);
  });

  test('says that long notes are cut', () => {
    const { notes } = readFeed(good.replace(/releaseNotes: .*/, `releaseNotes: ${'a'.repeat(5000)}`), 'here');
    expect([notes?.length, notes?.at(-1)]).toEqual([4000, '…']);
  });

  test('as electron-builder writes it and the release script signs it is read', () => {
    expect(readFeed(good, 'here')).toEqual({
      version: '1.2.0',
      notes: 'Better &amp; faster',
      releasedAt: '2026-11-30T10:00:00.000Z',
      staging: null,
      files: [
        {
          url: 'trustkeep-1.2.0-linux-x86_64.AppImage',
          signatures: [{ key: '0123456789abcdef', value: 'AAAA' }],
          statement: {
            ...{ version: '1.2.0', channel: 'latest', platform: 'linux', arch: 'x64', size: 12, sha512 },
            name: 'trustkeep-1.2.0-linux-x86_64.AppImage',
          },
        },
      ],
    });
  });

  test.each([
    '<html><body>Log in</body></html>',
    '',
    'version: [',
    'version: 1.2.0',
    good.replace('size: 12', 'size: -1'),
    good.replace(sha512, 'short'),
    good.replace('platform: linux', 'platform: amiga'),
    `a: &a [1]\nb: &b [${'*a,'.repeat(9)}*a]\nversion: 1.2.0`,
    '!!js/function "function () {}"',
  ])('is not %j', (text) => {
    expect(() => readFeed(text, 'https://updates.example/latest.yml')).toThrow(/is not a feed of Trustkeep/);
  });

  test('has its name by channel and system', () => {
    expect(feedName('latest', 'linux', 'x64')).toBe('latest-linux.yml');
    expect(feedName('beta', 'linux', 'arm64')).toBe('beta-linux-arm64.yml');
    expect(feedName('latest', 'win32', 'arm64')).toBe('latest.yml');
    expect(feedName('latest', 'darwin', 'arm64')).toBe('latest-mac.yml');
  });

  test.each(['../../etc/passwd/..', 'a/..%2f..%2fb', '.hidden', 'a b.exe', 'a/', 'a\\b', ''])(
    'names no file %j, which could lead elsewhere',
    (url) => {
      const text = JSON.stringify({ version: '1.2.0', files: [{ url, sha512, size: 12 }] });
      expect(() => readFeed(text, 'here')).toThrow(/is not a feed of Trustkeep/);
    },
  );
});
