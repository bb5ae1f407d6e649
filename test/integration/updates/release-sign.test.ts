import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ExecResult, exec } from '#kit/exec.ts';
import { tempDirectory } from '#test/make/directory.ts';

const script = join(import.meta.dirname, '../../../scripts/release-sign.ts');
const names = ['trustkeep-1.2.0-linux-x86_64.AppImage', 'trustkeep-1.2.0-win-arm64.exe'];

describe('npm run release:sign', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let feed = '';
  let keyFile = '';
  let publicKey = '';
  const run = (...words: string[]): Promise<ExecResult> =>
    exec({ argv: [process.execPath, script, ...words], timeoutMs: 30_000 });
  const files = () => names.map((name) => join(directory.path, name));

  beforeAll(async () => {
    directory = tempDirectory('release');
    feed = join(directory.path, 'latest-linux.yml');
    keyFile = join(directory.path, 'release.key');
    for (const file of files()) writeFileSync(file, `content of ${file}`);
    const { code, stdout } = await run('new-key', keyFile);
    expect(code).toBe(0);
    publicKey = stdout.toString().trim().split('\n').at(-1) ?? '';
  });
  afterAll(() => directory.remove());

  test('makes a key that its owner alone can read, and never over another', async () => {
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const before = readFileSync(keyFile, 'utf8');
    expect((await run('new-key', keyFile)).code).not.toBe(0);
    expect(readFileSync(keyFile, 'utf8')).toBe(before);
  });

  test('writes a feed, signs each file of it, and finds the signatures valid', async () => {
    expect((await run('create', feed, '--version', '1.2.0', '--staging', '25', ...files())).code).toBe(0);
    expect((await run('verify', '--public', publicKey, feed)).code).not.toBe(0);
    expect((await run('sign', '--key', keyFile, feed)).code).toBe(0);
    const verified = await run('verify', '--public', publicKey, feed);
    expect(verified.stdout.toString()).toContain('2 files, each with a valid signature');
    expect(readFileSync(feed, 'utf8')).toMatch(/platform: win32\n\s+arch: arm64[\s\S]*stagingPercentage: 25/);
  });

  test('finds a changed feed', async () => {
    const text = readFileSync(feed, 'utf8');
    writeFileSync(feed, text.replace('version: 1.2.0', 'version: 1.3.0'));
    const { code, stderr } = await run('verify', '--public', publicKey, feed);
    expect([code, stderr.toString()]).toEqual([
      1,
      expect.stringContaining('does not have a valid signature'),
    ]);
    writeFileSync(feed, text);
  });

  test('signs no file that is another than the feed describes, or says no system', async () => {
    writeFileSync(files()[0] ?? '', 'another');
    const { stderr } = await run('sign', '--key', keyFile, feed);
    expect(stderr.toString()).toContain('is not the file that the feed describes');
    const odd = join(directory.path, 'trustkeep.exe');
    writeFileSync(odd, 'x');
    await run('create', feed, '--version', '1.2.0', odd);
    expect((await run('sign', '--key', keyFile, feed)).stderr.toString()).toContain(
      'does not say for which system',
    );
  });

  test.skipIf(process.platform === 'win32')('takes no key that others can read', async () => {
    chmodSync(keyFile, 0o640);
    const { code, stderr } = await run('sign', '--key', keyFile, feed);
    expect([code, stderr.toString()]).toEqual([1, expect.stringContaining('can be read by other accounts')]);
    expect(existsSync(keyFile)).toBe(true);
  });
});
