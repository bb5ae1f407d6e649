/**
 * The attack: root (over SSH, or by sudo) manages a certificate in a directory that an application owns, and the
 * application is hostile. It watches the directory, and where a temporary file of ours appears it puts a link to a file
 * of root's, so that root writes to it, gives it away, or opens it for all.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { have } from '#test/servers/available.ts';
import { write } from '../../electron/providers/connections/common/posix.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { contentHash, newFile } from '../../electron/providers/endpoints/common/content.ts';
import { makeKeyIn } from '../../electron/providers/endpoints/common/keys.ts';
import { connectTools } from '../make/connection.ts';

describe.runIf(process.platform === 'linux' && have('openssl'))('links laid on the target', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let victim: string;
  let local: HostConnection;

  beforeEach(async () => {
    directory = tempDirectory('links');
    victim = join(directory.path, 'shadow');
    writeFileSync(victim, 'root:secret', { mode: 0o600 });
    local = await connect({ type: 'local' }, {}, connectTools);
  });
  afterEach(async () => {
    await local.close();
    directory.remove();
  });

  const untouched = (): void => {
    expect(readFileSync(victim, 'utf8')).toBe('root:secret');
    expect(statSync(victim).mode & 0o777).toBe(0o600);
    expect(statSync(victim).uid).toBe(process.getuid?.());
  };

  test('where a new key is made are not written through', async () => {
    const at = join(directory.path, '.trustkeep-tag.key.site.key.new');
    symlinkSync(victim, at);
    const { path } = await makeKeyIn(local, directory.path, 'site.key', 'ec-p256', 'tag');
    expect(lstatSync(path).isFile()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    untouched();
  });

  test('in place of the key are not read into the file that is served', async () => {
    const key = join(directory.path, '.trustkeep-tag.key.site.pem');
    const target = join(directory.path, 'site.pem');
    writeFileSync(key, 'KEY', { mode: 0o600 });
    writeFileSync(target, 'OLD', { mode: 0o666 });
    const after = { sha256: null, ownership: posix('65534', '65534', 0o666) };
    const change = {
      kind: 'file' as const,
      path: target,
      holds: 'certificate-and-key' as const,
      before: null,
      after,
    };
    const pieces = [{ onEndpoint: key }, Buffer.from('CHAIN')];
    const hash = await contentHash(local, pieces);
    await local.writeAll([newFile(change, pieces, hash)]);
    expect(readFileSync(target, 'utf8')).toBe('KEYCHAIN');
    // the attacker is faster than root's next command
    unlinkSync(key);
    symlinkSync(victim, key);
    await expect(local.writeAll([newFile(change, pieces, hash)])).rejects.toMatchObject({
      code: 'file.damaged',
    });
    expect(readFileSync(target, 'utf8')).toBe('KEYCHAIN');
    expect(readdirSync(directory.path).filter((name) => name.startsWith('.site.pem'))).toEqual([]);
    untouched();
  });

  test('in place of the temporary file of a write over ssh are refused', async () => {
    const place = join(directory.path, 'app');
    mkdirSync(place);
    const tools = join(directory.path, 'bin');
    mkdirSync(tools);
    // the attacker wins the race each time: between the last check and chown a link lies where the file was
    const chown = `#!/bin/sh\nfor last; do :; done\nln -sfn ${victim} "$last"\nexec /bin/chown "$@"\n`;
    writeFileSync(join(tools, 'chown'), chown, { mode: 0o755 });
    const content = 'certificate';
    const sum = await exec({ argv: ['sha256sum'], stdin: Buffer.from(content), timeoutMs: 30_000 });
    const args = [join(place, 'site.crt'), '0666', '65534', '65534', String(content.length)];
    const result = await exec({
      argv: [
        ...(['sh', '-c', write({ stat: 'gnu', sum: 'sha256sum' }), 'sh', ...args] as const),
        ...[sum.stdout.toString().slice(0, 64), 'cafe', '=', '', '0'],
      ],
      stdin: Buffer.from(content),
      env: { PATH: `${tools}:${process.env.PATH}` },
      timeoutMs: 30_000,
    });
    expect(result.code).not.toBe(0);
    expect(existsSync(join(place, 'site.crt'))).toBe(false);
    untouched();
  });
});
