import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { startPacServer } from '../../servers/pac-server.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trustkeep-bundle-'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  await build({
    configFile: resolve('vite.node.config.ts'),
    logLevel: 'error',
    build: {
      outDir: directory,
      emptyOutDir: false,
      rolldownOptions: { input: { bundled: resolve('test/integration/net/bundled-entry.ts') } },
    },
  });
});
afterAll(() => rm(directory, { recursive: true }));

test('a build brings everything that a PAC file needs', async () => {
  const pac = await startPacServer(
    'const FindProxyForURL = (url, host) => "PROXY " + dnsResolve("localhost") + ":1";',
  );
  const { code, stdout, stderr } = await exec({
    argv: [process.execPath, join(directory, 'bundled.js'), pac.url],
    timeoutMs: 30_000,
  });
  await pac.stop();
  expect(stderr.toString()).toBe('');
  expect(stdout.toString()).toBe(`The PAC file ${pac.url} answers “PROXY 127.0.0.1:1” for vault.test:443.\n`);
  expect(code).toBe(0);
});
