import { expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { findPwsh } from '../../../scripts/find-pwsh.ts';

const pwsh = findPwsh();

if (pwsh === null)
  test('no PowerShell 7 with Pester 6 is here: the scripts are only read, and the runner names what is missing', () => {
    expect(findPwsh()).toBeNull();
  });
else
  test('the PowerShell scripts do what their Pester tests say', async () => {
    const argv = [pwsh, '-NoProfile', '-NonInteractive', '-File', 'test/powershell/run.ps1'] as const;
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/' };
    const { code, stdout } = await exec({ argv: [...argv], timeoutMs: 120_000, env });
    expect(code, stdout.toString()).toBe(0);
  });
