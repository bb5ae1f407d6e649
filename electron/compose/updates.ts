import { version } from '#kit/version.ts';
import type { UpdateParts, Updater } from '../agent/updates/updater.ts';
import type { Http } from '../net/http.ts';
import { readMark, updatesFolder } from '../updates/mark.ts';
import { ownPackage } from '../updates/package-kind.ts';
import { readPolicy } from '../updates/policy.ts';
import { releaseFacts } from '../updates/release-keys.ts';

/** Without a version, unlike all other requests: what asks for updates is not counted by what it is (SECURITY.md). */
const sentName = 'Trustkeep';

/** What the agent needs for updates: requests go the way of all others, and what replaces the program is given. */
export function updateParts(
  dataDirectory: string,
  http: () => Http,
  updater: Updater | undefined,
  overrides: Partial<UpdateParts> = {},
): UpdateParts {
  const folder = updatesFolder(dataDirectory);
  const own = ownPackage();
  return {
    updater: updater ?? null,
    kind: own.kind,
    packageName: own.name,
    release: releaseFacts,
    policy: () => readPolicy(),
    get: ({ headers, ...request }) =>
      http().request({ method: 'GET', ...request, headers: { ...headers, 'user-agent': sentName } }),
    folder,
    mark: () => readMark(folder),
    version,
    platform: process.platform,
    arch: process.arch,
    random: Math.random,
    ...overrides,
  };
}
