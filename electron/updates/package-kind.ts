import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PackageKind } from '#shared/model/update.ts';

/** What is asked of the machine; tests give their own. @internal */
export interface PackagePlace {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
  /** A folder of the program, from which it is looked upwards. */
  folder: string;
  /** The folder of resources that Electron names; null outside of it. */
  resources: string | null;
  exists(path: string): boolean;
  /** Null when it cannot be read. */
  read(path: string): string | null;
}

const upwards = 5;

/** How this program came onto the machine. */
interface OwnPackage {
  kind: PackageKind;
  /** As the manager of packages calls it; null: by the usual name. */
  name: string | null;
}

/** How this program came onto the machine, read from what packing left. @internal */
export function packageAt(place: PackagePlace): OwnPackage {
  const noted = notedType(place);
  const kind = kindAt(place, noted?.kind ?? null);
  return { kind, name: kind === noted?.kind ? noted.name : null };
}

function kindAt(place: PackagePlace, noted: PackageKind | null): PackageKind {
  const { platform, env, exists } = place;
  // before all else: a checkout may be worked on in any of the others
  if (above(place.folder, (folder) => exists(join(folder, 'electron-builder.yml'))) !== null) {
    return env.APPIMAGE === undefined ? 'checkout' : 'appimage';
  }
  if (platform === 'linux' && env.APPIMAGE !== undefined && place.resources !== null) return 'appimage';
  // the command line that comes with the application lies beside its archive
  const isPacked =
    place.resources !== null || above(place.folder, (at) => exists(join(at, 'app.asar'))) !== null;
  if (platform === 'win32' && isPacked) return 'windows';
  if (platform === 'darwin' && isPacked) return 'macos';
  if (noted !== null) return noted;
  if (exists('/.dockerenv') || exists('/run/.containerenv')) return 'docker';
  return 'archive';
}

/** The note `resources/package-type` in a deb, an rpm and an image: the kind, and the name of the package where it is another. */
function notedType({ folder, resources, exists, read }: PackagePlace): OwnPackage | null {
  const name = 'package-type';
  const inResources = resources === null ? null : join(resources, name);
  const found =
    inResources !== null && exists(inResources)
      ? inResources
      : above(folder, (at) => exists(join(at, name)), name);
  const [kind, other = null] = found === null ? [] : (read(found)?.trim().split(' ') ?? []);
  return kind === 'deb' || kind === 'rpm' || kind === 'docker' ? { kind, name: other } : null;
}

function above(folder: string, is: (folder: string) => boolean, name = ''): string | null {
  let at = folder;
  for (let level = 0; level < upwards; level++) {
    if (is(at)) return join(at, name);
    const up = dirname(at);
    if (up === at) return null;
    at = up;
  }
  return null;
}

/** Of this process. */
export function ownPackage(): OwnPackage {
  const { resourcesPath } = process as { resourcesPath?: string };
  return packageAt({
    platform: process.platform,
    env: process.env,
    folder: import.meta.dirname,
    resources: process.versions.electron === undefined ? null : (resourcesPath ?? null),
    exists: existsSync,
    read(path) {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return null;
      }
    },
  });
}

/** They replace themselves; the others are updated by what installed them. */
export const selfUpdating: readonly PackageKind[] = ['appimage', 'windows'];

/** What a person runs to update a package that does not update itself. */
export function updateCommands({ kind, name }: OwnPackage): readonly string[] {
  const called = name ?? 'trustkeep';
  switch (kind) {
    case 'deb':
      return [`sudo apt-get update && sudo apt install --only-upgrade ${called}`];
    case 'rpm':
      return [`sudo dnf update ${called}`];
    case 'docker':
      return ['docker compose pull', 'docker compose up --detach'];
    case 'checkout':
      return ['git pull && npm ci && npm run build'];
    default:
      return [];
  }
}
