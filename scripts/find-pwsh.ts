import { spawnSync } from 'node:child_process';

/** Runs the tests of the PowerShell scripts; null: there is no PowerShell 7 with Pester 6 here, and nothing fetches one. */
export function findPwsh(): string | null {
  const asked =
    'exit [int](-not (Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -ge 6 }))';
  const { status } = spawnSync('pwsh', ['-NoProfile', '-NonInteractive', '-Command', asked], {
    timeout: 60_000,
  });
  return status === 0 ? 'pwsh' : null;
}
