import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { have } from './available.ts';
import { writeBaseImage } from './base-image.ts';
import { canMount } from './tiny-disk.ts';

interface Ended {
  code: number | null;
  out: string;
  /** Without what podman says of a machine that systemd did not start. */
  said: string;
}

/** Lower than any machine has them: a sandbox may not raise them, which podman does when none are named. */
const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=4096:4096'];

export async function canContain(): Promise<boolean> {
  const programs = ['podman', 'podman-compose', 'runc', 'catatonit', 'dpkg-query'];
  return programs.map((name) => have(name)).every(Boolean) && (await canMount());
}

/** Containers of a test, with images, volumes and networks in a folder of its own. Needs root. */
export class Podman {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(folder: string) {
    this.#folder = folder;
    const [storage, settings] = ['storage.conf', 'containers.conf'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    const at = (name: string) => `"${join(folder, name)}"`;
    mkdirSync(join(folder, 'networks'), { recursive: true });
    writeFileSync(
      storage,
      `[storage]\ndriver = "overlay"\nrunroot = ${at('run')}\ngraphroot = ${at('graph')}\n`,
    );
    writeFileSync(
      settings,
      [
        '[engine]',
        'runtime = "runc"',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "file"',
        `tmp_dir = ${at('engine')}`,
        '[network]',
        `network_config_dir = ${at('networks')}`,
        '',
      ].join('\n'),
    );
    this.#env = {
      PATH: process.env.PATH,
      HOME: folder,
      CONTAINERS_STORAGE_CONF: storage,
      CONTAINERS_CONF: settings,
    };
  }

  /** `podman VERB …`, to its end. */
  podman(argv: readonly string[], input?: string): Ended {
    return this.#run(['podman', ...argv], input === undefined ? {} : { input });
  }

  /** One container to its end, with these flags of `podman run`. */
  once(flags: readonly string[], argv: readonly string[], input?: string): Ended {
    return this.podman(
      ['run', '--rm', '--interactive', '--network=none', ...limits, ...flags, ...argv],
      input,
    );
  }

  /** The base that the Dockerfile names, made of this machine's packages. */
  importBase(name: string): void {
    const tar = join(this.#folder, 'base.tar');
    writeBaseImage(tar, join(this.#folder, 'base'));
    this.#must(['podman', 'import', tar, name]);
    rmSync(tar);
  }

  /** As `docker build - < context`. */
  build(context: string, name: string): void {
    const file = openSync(context, 'r');
    const usual = ['--pull=never', '--layers=false', '--format=docker', '--network=none'];
    this.#must(['podman', 'build', ...usual, ...limits, `--tag=${name}`, '-'], {
      stdio: [file, 'pipe', 'pipe'],
    });
    closeSync(file);
  }

  /** `docker compose VERB …` in the folder of a compose file. `image`: instead of the one it names. */
  compose(folder: string, argv: readonly string[], image?: string): Ended {
    const more = join(folder, 'limits.yaml');
    writeFileSync(more, 'services: { trustkeep: { ulimits: { nofile: 1024, nproc: 4096 } } }\n');
    const env = image === undefined ? {} : { TRUSTKEEP_IMAGE: image };
    return this.#run(['podman-compose', '-f', 'compose.yaml', '-f', more, ...argv], {
      cwd: folder,
      env: { ...this.#env, ...env },
    });
  }

  /** Ends all of them and removes what they had. */
  remove(): void {
    this.podman(['rm', '--all', '--force', '--time=0']);
    this.podman(['network', 'prune', '--force']);
    this.podman(['volume', 'rm', '--all', '--force']);
    // podman leaves it mounted over itself
    spawnSync('umount', ['--lazy', join(this.#folder, 'graph', 'overlay')]);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #must(argv: string[], options: SpawnSyncOptions = {}): void {
    const { code, said } = this.#run(argv, options);
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${said}`);
  }

  #run([program = '', ...rest]: string[], options: SpawnSyncOptions): Ended {
    const { status, stdout, stderr } = spawnSync(program, rest, {
      env: this.#env,
      maxBuffer: 2 ** 26,
      ...options,
    });
    const said = String(stderr)
      .split('\n')
      .filter((line) => !line.startsWith('time="'));
    return { code: status, out: String(stdout), said: said.join('\n') };
  }
}
