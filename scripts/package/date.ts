import { execFileSync } from 'node:child_process';
import { root } from '../electron/paths.ts';

/**
 * Seconds since 1970 that every file of a package is dated with: `SOURCE_DATE_EPOCH` (reproducible-builds.org), else the
 * time of the last commit, else that of today's midnight.
 */
export function sourceDate(): number {
  const given = Number(process.env.SOURCE_DATE_EPOCH || Number.NaN);
  if (Number.isSafeInteger(given)) return given;
  try {
    return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
  } catch {
    return Math.floor(Date.now() / 86_400_000) * 86_400;
  }
}
