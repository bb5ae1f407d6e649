/** What a package is made for. */
export interface Target {
  system: 'linux' | 'win' | 'mac';
  arch: 'x64' | 'arm64';
}

/** As Node names the systems. */
const platforms = { linux: 'linux', win: 'win32', mac: 'darwin' } as const;

/** The system this runs on; null where no packages are made for it. */
export function thisSystem(): Target['system'] | null {
  const found = Object.entries(platforms).find(([, platform]) => platform === process.platform);
  return (found?.[0] as Target['system'] | undefined) ?? null;
}

export const thisArch: Target['arch'] = process.arch === 'arm64' ? 'arm64' : 'x64';

/** `linux-x64`, `win32-arm64`: as prebuilt modules are named. */
export const nameOf = ({ system, arch }: Target): string => `${platforms[system]}-${arch}`;
