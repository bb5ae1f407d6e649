import { afterAll, beforeAll, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { type Bundle, bundle } from '#test/make/bundle.ts';
import { startPacServer } from '../../servers/pac-server.ts';

let built: Bundle;
beforeAll(async () => {
  built = await bundle('test/integration/net/bundled-entry.ts');
});
afterAll(() => built.remove());

test('a build brings everything that a PAC file needs', async () => {
  const pac = await startPacServer(
    'const FindProxyForURL = (url, host) => "PROXY " + dnsResolve("localhost") + ":1";',
  );
  const { code, stdout, stderr } = await exec({
    argv: [process.execPath, built.path, pac.url],
    timeoutMs: 30_000,
  });
  await pac.stop();
  expect(stderr.toString()).toBe('');
  expect(stdout.toString()).toBe(`The PAC file ${pac.url} answers "PROXY 127.0.0.1:1" for vault.test:443.\n`);
  expect(code).toBe(0);
});
