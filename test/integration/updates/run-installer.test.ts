import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import { runInstaller } from '../../../electron/shell/updater/run-installer.ts';

/** Scripts stand for programs of Windows: what is started with which words is the same. */
describe.skipIf(process.platform === 'win32')('an installer for Windows', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let words = '';
  const resources = Object.getOwnPropertyDescriptor(process, 'resourcesPath');
  const program = (name: string, mode = 0o755): string => {
    const path = join(directory.path, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $@" > '${words}.part' && mv '${words}.part' '${words}'\n`);
    chmodSync(path, mode);
    return path;
  };
  beforeEach(() => {
    directory = tempDirectory('installer');
    words = join(directory.path, 'words');
    Object.defineProperty(process, 'resourcesPath', { value: directory.path, configurable: true });
  });
  afterEach(() => {
    if (resources === undefined) Reflect.deleteProperty(process, 'resourcesPath');
    else Object.defineProperty(process, 'resourcesPath', resources);
    directory.remove();
  });
  const said = () => expect.poll(() => existsSync(words) && readFileSync(words, 'utf8').trim());

  test('is told that it updates, silently, and is to start the new version', async () => {
    await runInstaller(program('setup.exe'));
    await said().toBe('setup.exe --updated /S --force-run');
  });

  test('that may not be started is started with the rights of an administrator', async () => {
    program('elevate.exe');
    const setup = program('setup.exe', 0o644);
    await runInstaller(setup);
    await said().toBe(`elevate.exe ${setup} --updated /S --force-run`);
  });

  test('that cannot be started either way is one sentence', async () => {
    const setup = program('setup.exe', 0o644);
    await expect(runInstaller(setup)).rejects.toThrow('Windows did not start the installer of the update.');
  });
});
