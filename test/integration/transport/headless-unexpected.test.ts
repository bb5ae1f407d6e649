import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import { tempDirectory } from '#test/make/directory.ts';

/** What the service meets when it gets this signal, by a module that is loaded before it. */
const faults = {
  'an exception': `throw new Error('the disk said password=hunter2-planted\\nand more')`,
  'a rejection': `Promise.reject(new TypeError('cannot reach https://anna:hunter2-planted@ca.example/'))`,
  'what quotes what it could not read': `JSON.parse('hunter2-planted')`,
  'a value that is no error': `throw 'hunter2-planted'`,
  'an error that holds more than it says': `throw Object.assign(new Error('no'), { token: 'hunter2-planted' })`,
};

describe('the command line', () => {
  let built: Bundle;
  let data: ReturnType<typeof tempDirectory>;
  let child: ChildProcess | null = null;
  beforeAll(async () => {
    built = await quickStarting('electron/cli.ts');
  });
  afterAll(() => built.remove());
  beforeEach(() => {
    data = tempDirectory('headless');
  });
  afterEach(() => {
    if (child?.exitCode === null) child.kill('SIGKILL');
    data.remove();
  });

  async function start(fault: string): Promise<{ process: ChildProcess; log(): string }> {
    const planted = join(data.path, 'planted.mjs');
    writeFileSync(planted, `process.on('SIGUSR2', () => { ${fault} })`);
    const args = ['--import', planted, built.path, 'run', '--data-directory', data.path];
    const env = { PATH: process.env.PATH, HOME: data.path };
    const started = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let [said, log] = ['', ''];
    started.stdout.on('data', (part: Buffer) => {
      said += part.toString();
    });
    started.stderr.on('data', (part: Buffer) => {
      log += part.toString();
    });
    await expect.poll(() => said, { timeout: 60_000 }).toContain('is ready');
    return { process: started, log: () => log };
  }

  test.each(Object.entries(faults))(
    'ends at %s that no one caught with one line, no secret and a code that says so, and starts again',
    async (_what, fault) => {
      const { process, log } = await start(fault);
      const ended = once(process, 'close');
      process.kill('SIGUSR2');
      expect(await ended).toEqual([1, null]);
      const lines = log()
        .split('\n')
        .filter((line) => line.includes(' error '));
      expect(lines).toEqual([
        expect.stringMatching(/ending after something unexpected, to be started again: \S.*/),
      ]);
      expect(log()).not.toContain('hunter2');
      expect(log()).not.toMatch(/^ {4}at /m);
      const again = await start('');
      const stopped = once(again.process, 'close');
      again.process.kill('SIGTERM');
      expect(await stopped).toEqual([0, null]);
    },
  );

  test.each(['an exception', 'an error that holds more than it says'] as const)(
    'ends a single command at %s that no one caught with one sentence and a code',
    async (fault) => {
      const planted = join(data.path, 'planted.mjs');
      writeFileSync(
        planted,
        `const at = setInterval(() => {
           if (process.listenerCount('uncaughtException') > 0) { clearInterval(at); ${faults[fault]} }
         }, 5)`,
      );
      const words = ['secrets', 'unlock', '--passphrase-stdin', '--data-directory', data.path];
      const env = { PATH: process.env.PATH, HOME: data.path };
      // it waits for the end of its input
      child = spawn(process.execPath, ['--import', planted, built.path, ...words], { env });
      let said = '';
      child.stderr?.on('data', (part: Buffer) => {
        said += part.toString();
      });
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(said).toMatch(/^Ended after something unexpected: Error: /);
      expect(said).not.toMatch(/hunter2|^ {4}at |token/m);
    },
  );
});
