import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeAgent } from '../../scripts/package/agent-kinds.ts';
import { thisArch } from '../../scripts/package/target.ts';
import { Podman } from '../servers/podman.ts';
import { commandLineOf, onlyFile } from './packaged.ts';

/** The account in the image. */
export const account = 10_001;
const soon = { timeout: 60_000, interval: 200 };

const serves = `
const { createSecureContext, createServer } = require('node:tls');
const { readFileSync } = require('node:fs');
const context = () => {
  const pem = readFileSync(process.argv[1]);
  return createSecureContext({ key: pem, cert: pem });
};
createServer({ SNICallback: (_name, done) => done(null, context()) }, (socket) => socket.end()).listen(8443);
`;

/** The container `trustkeep` of the compose file, as it is laid beside the agent, and the images it may be made of. */
export class AgentContainer {
  readonly pods: Podman;
  /** Where an administrator unpacked the context of the image. */
  readonly site: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.site = join(folder, 'site');
    this.pods = new Podman(join(folder, 'pods'));
    this.pods.importBase('debian:trixie-slim');
    mkdirSync(this.site);
  }

  /** Makes `trustkeep:<tag>` of what the packing lays down for that version; gives the context. */
  async build(version: string, tag: string): Promise<string> {
    const [dist, commandLine] = [join(this.#folder, `dist-${tag}`), join(this.#folder, `node-${tag}`)];
    mkdirSync(dist);
    commandLineOf(version, commandLine);
    const target = { system: 'linux', arch: thisArch } as const;
    await makeAgent({ target, kinds: ['docker'], version, dist, commandLine, compression: 'store' });
    const context = onlyFile(dist, '.tar.gz');
    this.pods.build(context, `trustkeep:${tag}`);
    return context;
  }

  unpack(context: string): void {
    execFileSync('tar', ['-xzf', context], { cwd: this.site });
  }

  /** Readable for the account in the container alone. */
  keepKey(text: string): void {
    const file = join(this.site, 'trustkeep_master_key');
    rmSync(file, { force: true });
    writeFileSync(file, `${text}\n`, { mode: 0o400 });
    chownSync(file, account, account);
  }

  /** `docker compose up`, until the agent is ready. */
  async up(image?: string): Promise<void> {
    expect(this.pods.compose(this.site, ['up', '--detach'], image).code).toBe(0);
    await this.ready(1);
  }

  down(): void {
    expect(this.pods.compose(this.site, ['down']).code).toBe(0);
  }

  /** Until it has been ready so often. */
  async ready(times: number): Promise<void> {
    await expect.poll(() => this.logs().match(/ is ready /g)?.length, soon).toBe(times);
  }

  /** `docker exec trustkeep …`; with an input it is given that. */
  inside(argv: readonly string[], input?: string) {
    const flags = input === undefined ? [] : ['--interactive'];
    return this.pods.podman(['exec', ...flags, 'trustkeep', ...argv], input);
  }

  trustkeep(argv: readonly string[], input?: string) {
    return this.inside(['trustkeep', ...argv], input);
  }

  json<Output = unknown>(...argv: string[]): Output {
    return JSON.parse(this.trustkeep([...argv, '--json']).out);
  }

  /** A container for one command, with the rights and the volume of the service. */
  beside(flags: readonly string[], argv: readonly string[], input?: string) {
    const secret = `${join(this.site, 'trustkeep_master_key')}:/run/secrets/trustkeep_master_key:ro`;
    const rights = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL'];
    const mounts = ['--volume=trustkeep-data:/var/lib/trustkeep', `--volume=${secret}`];
    return this.pods.once([...rights, ...mounts, ...flags], ['trustkeep:latest', ...argv], input);
  }

  logs(): string {
    const { out, said } = this.pods.podman(['logs', 'trustkeep']);
    return out + said;
  }

  inspected(format: string): string {
    return this.pods.podman(['inspect', '--format', format, 'trustkeep']).out.trim();
  }

  /** Its exit code, after it was asked to stop as `docker stop` asks. */
  stop(): string {
    expect(this.pods.podman(['stop', '--time=300', 'trustkeep']).code).toBe(0);
    return this.inspected('{{.State.ExitCode}}');
  }

  /**
   * A TLS server beside the agent, of a PEM file in the volume that it reads at each connection, and a restart script that
   * takes a while: flags for the endpoint, and the file, as the host sees it, that tells that the script has begun.
   */
  servePem(): { flags: string[]; restarting: string } {
    const here = join(this.volume(), 'pems');
    const [pem, script] = [join(here, 'kept.pem'), join(here, 'restart.sh')];
    mkdirSync(here);
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const about = ['-subj', '/CN=kept.example', '-addext', 'subjectAltName=DNS:kept.example'];
    execFileSync('openssl', ['req', '-x509', ...made, ...about, '-keyout', pem, '-out', `${pem}.leaf`], {
      stdio: 'ignore',
    });
    appendFileSync(pem, readFileSync(`${pem}.leaf`));
    writeFileSync(script, '#!/bin/sh\n: > "$(dirname "$0")/restarting"\nsleep 5\n', { mode: 0o700 });
    for (const path of [here, pem, script]) chownSync(path, account, account);
    const inside = '/var/lib/trustkeep/pems';
    const node = '/opt/Trustkeep/resources/cli/node';
    const server = ['exec', '--detach', 'trustkeep', node, '-e', serves, `${inside}/kept.pem`];
    expect(this.pods.podman(server).code).toBe(0);
    const flags = ['--path', `${inside}/kept.pem`, '--restart_script', `${inside}/restart.sh`];
    return { flags: [...flags, '--served_at', '127.0.0.1:8443'], restarting: join(here, 'restarting') };
  }

  /** The volume, as the host sees it. */
  volume(): string {
    const { out } = this.pods.podman(['volume', 'inspect', '--format', '{{.Mountpoint}}', 'trustkeep-data']);
    return out.trim();
  }
}
