import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../electron/paths.ts';
import { run } from '../electron/run.ts';
import { appImageTools } from './appimage-tools.ts';
import { sourceDate } from './date.ts';
import type { Target } from './target.ts';

interface BuilderOptions {
  target: Target;
  /** As electron-builder names them: `dir`, `deb`, `nsis`… */
  kinds: readonly string[];
  /** The staged project. */
  folder: string;
  /** An Electron that lies here already, in place of the one that electron-builder fetches. */
  electron?: { directory: string; version: string };
  /** `store` for tests, which have no time for anything else. */
  compression?: 'store';
  /** Further environment of electron-builder: tools that lie here, in place of those that it fetches. */
  env?: Record<string, string>;
}

const flags = { linux: '--linux', win: '--win', mac: '--mac' } as const;

/** Runs electron-builder; what it makes is in `dist` of the staged project. Rejects with its last lines. The runtime of an AppImage
 * is fetched by electron-builder, unless `TRUSTKEEP_APPIMAGE_RUNTIME` names one that lies here. */
export async function buildPackages(options: BuilderOptions): Promise<string> {
  const { target, folder, electron } = options;
  const runtime = process.env.TRUSTKEEP_APPIMAGE_RUNTIME;
  const store = options.compression === 'store';
  const tools = runtime ? await appImageTools({ runtime, arch: target.arch, work: tmpdir(), store }) : null;
  const overrides = [
    ...(electron === undefined ? [] : [`-c.electronDist=${electron.directory}`]),
    ...(electron === undefined ? [] : [`-c.electronVersion=${electron.version}`]),
    ...(options.compression === undefined ? [] : [`-c.compression=${options.compression}`]),
    ...(signs(target, process.env) ? ['-c.forceCodeSigning=true'] : []),
  ];
  await run(
    [
      process.execPath,
      join(root, 'node_modules', 'electron-builder', 'cli.js'),
      flags[target.system],
      ...options.kinds,
      `--${target.arch}`,
      ...['--publish', 'never', '--projectDir', folder],
      ...overrides,
    ],
    {
      cwd: folder,
      env: {
        ...process.env,
        SOURCE_DATE_EPOCH: String(sourceDate()),
        CUSTOM_FPM_PATH: join(root, 'scripts', 'package', 'fpm.ts'),
        ...(tools === null ? {} : { APPIMAGE_TOOLS_PATH: tools }),
        ...(store ? { TRUSTKEEP_PACKAGE_COMPRESSION: 'store' } : {}),
        ...options.env,
      },
    },
  );
  if (tools !== null) await rm(tools, { recursive: true });
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) throw new Error('electron-builder left nothing');
  return dist;
}

/** Whether the environment has what electron-builder signs with (its own variables). Linux packages carry no signature. */
export function signs({ system }: Target, env: NodeJS.ProcessEnv): boolean {
  if (system === 'win') return Boolean(env.WIN_CSC_LINK || env.CSC_LINK);
  return system === 'mac' && Boolean(env.CSC_LINK || env.CSC_NAME);
}
