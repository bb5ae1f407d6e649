import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { fetchFile, type Get } from '../../../electron/updates/fetch-file.ts';

const mounts = await canMount();
const content = randomBytes(2_500_000);
const statement = {
  ...{ version: '1.1.0', name: 'trustkeep.AppImage', size: content.length },
  sha512: createHash('sha512').update(content).digest('base64'),
};

test.skipIf(!mounts)(
  'a download stops at a full disk, and continues from there when there is space',
  async () => {
    const directory = tempDirectory('full');
    const disk = await mountTiny(directory.path, '3m');
    const asked: string[] = [];
    const get: Get = async ({ headers = {} }) => {
      const range = headers.range ?? '';
      asked.push(range);
      const [, from, to] = /(\d+)-(\d+)/.exec(range) ?? [];
      const body = content.subarray(Number(from), Number(to) + 1);
      return { status: 206, headers: { 'content-range': `bytes ${from}-${to}/${content.length}` }, body };
    };
    const path = join(directory.path, 'pending', 'file');
    const { signal } = new AbortController();
    const download = () =>
      fetchFile({
        get,
        clock: systemClock,
        url: 'https://feed.example/f',
        path,
        statement,
        onProgress: () => {},
        signal,
      });
    try {
      writeFileSync(join(directory.path, 'other'), Buffer.alloc(1_700_000));
      await expect(download()).rejects.toMatchObject({
        code: 'update.disk-full',
        message: `There is not enough space in ${join(directory.path, 'pending')} for the update.`,
      });
      const kept = statSync(`${path}.part`).size;
      expect(kept).toBeGreaterThan(1024 * 1024);
      rmSync(join(directory.path, 'other'));
      asked.length = 0;
      await download();
      expect(asked[0]).toMatch(new RegExp(`^bytes=${kept}-`));
      expect(readFileSync(path).equals(content)).toBe(true);

      await disk.makeReadOnly();
      await expect(
        fetchFile({
          get,
          clock: systemClock,
          url: '',
          path: `${path}2`,
          statement,
          onProgress: () => {},
          signal,
        }),
      ).rejects.toMatchObject({
        code: 'update.folder-not-writable',
      });
    } finally {
      await disk.unmount();
      directory.remove();
    }
  },
);
