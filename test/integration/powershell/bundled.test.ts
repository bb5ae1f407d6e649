import { expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { bundle } from '#test/make/bundle.ts';
import { windowsScripts } from '../../../electron/providers/connections/common/windows-bootstrap.ts';

test('a build brings every PowerShell script', async () => {
  const built = await bundle('test/integration/powershell/bundled-entry.ts');
  const argv = [process.execPath, built.path] as const;
  const { stdout, stderr } = await exec({ argv: [...argv], timeoutMs: 30_000, maxOutputBytes: 1_000_000 });
  await built.remove();
  expect(stderr.toString()).toBe('');
  expect(JSON.parse(stdout.toString())).toEqual(windowsScripts);
});
