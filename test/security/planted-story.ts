import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exec } from '#kit/exec.ts';
import { type Sshd, startSshd } from '#test/servers/sshd.ts';
import { type Site, startSite } from '../integration/certify/site.ts';
import { credentialDoors, type Hands } from './credential-doors.ts';
import { HeardProgram } from './heard-program.ts';
import { PlantedEndpoints } from './planted-endpoints.ts';
import { type PlantedPeers, startPlantedPeers } from './planted-peers.ts';
import { everything } from './planted-places.ts';
import { Planted, secrets } from './planted-values.ts';

interface Scene {
  program: HeardProgram;
  site: Site;
  asRoot: Sshd;
  asUser: Sshd;
  planted: Planted;
  peers: PlantedPeers;
  endpoints: PlantedEndpoints;
}

const password = secrets['right password on the command line'];
const phrase = secrets['passphrase of the ssh key, by file'];

const reach = (sshd: Sshd): string[] => [
  ...['--connection_type', 'ssh', '--host', sshd.host, '--port', String(sshd.port), '--user', sshd.user],
];

/** The main job and all that belongs to it, with a planted secret at every door. Its chapters are played in their order. */
export class PlantedStory {
  readonly scene: Scene;
  readonly #program: HeardProgram;
  readonly #planted: Planted;

  static async begin(): Promise<PlantedStory> {
    const planted = new Planted();
    const program = await HeardProgram.build();
    const [site, asRoot, asUser] = await Promise.all([
      startSite(),
      startSshd(),
      startSshd({ user: { password, sudo: 'password' } }),
    ]);
    const peers = await startPlantedPeers(planted.plant, { user: asUser.user, password });
    const endpoints = await PlantedEndpoints.begin(planted.plant);
    return new PlantedStory({ program, site, asRoot, asUser, planted, peers, endpoints });
  }

  private constructor(scene: Scene) {
    this.scene = scene;
    this.#program = scene.program;
    this.#planted = scene.planted;
  }

  async end(): Promise<void> {
    const { peers, site, asRoot, asUser, program, endpoints } = this.scene;
    await Promise.all([endpoints.stop(), peers.stop(), site.nginx.stop(), asRoot.stop(), asUser.stop()]);
    await program.remove();
  }

  get #keyPath(): string {
    return this.#program.path('ssh-key');
  }

  /** Before processes are watched: `ssh-keygen` is told the passphrase on its command line. */
  async keyWithPassphrase(): Promise<void> {
    const { privateKeyPem } = this.scene.asRoot;
    writeFileSync(this.#keyPath, privateKeyPem, { mode: 0o600 });
    const change = ['ssh-keygen', '-q', '-p', '-P', '', '-N', phrase, '-f', this.#keyPath] as const;
    await exec({ argv: [...change], timeoutMs: 20_000 });
    this.#planted.note('the ssh key', readFileSync(this.#keyPath, 'utf8'));
    this.#planted.note('the ssh key without its passphrase', privateKeyPem);
  }

  async storeUnderPassphrase(): Promise<void> {
    const choose = ['secrets', 'choose', 'passphrase', '--passphrase-stdin'];
    await this.#program.mustWork(choose, secrets['passphrase of the store']);
    await this.#newRecoveryKey('the recovery key');
    const recover = ['secrets', 'recover', '--recovery_key-stdin'];
    await this.#program.mustFail(recover, secrets['wrong recovery key']);
  }

  async #newRecoveryKey(name: string): Promise<void> {
    const { recoveryKey } = await this.#program.mustWork(['secrets', 'recovery-key']);
    this.#planted.note(name, String(recoveryKey));
  }

  async authorityWithBinding(): Promise<void> {
    const program = this.#program;
    const acme = ['authorities', 'add', 'acme', '--directory_url', 'https://127.0.0.1:9/directory'];
    const eab = ['--eab_key_id', 'kid-1', '--agree_to_terms', '--validation', 'http-01-agent'];
    const hmac = ['--eab_hmac_key-file', program.inFile('hmac', secrets['eab hmac key, by file'])];
    await program.mustWork([...acme, ...eab, '--name', 'nowhere', ...hmac]);
    const other = ['--eab_hmac_key', secrets['eab hmac key on the command line']];
    await program.mustWork(['authorities', 'update', 'nowhere', ...other]);
    await program.run(['authorities', 'test', 'nowhere']);
  }

  async endpointsOverSsh(): Promise<void> {
    const program = this.#program;
    const { asRoot, asUser, site } = this.scene;
    const nginx = ['tls', 'add', 'nginx', '--nginx_config_path', site.nginx.configPath, '--name'];
    const byUser = [...nginx, 'web2', ...reach(asUser)];
    await program.mustFail([...byUser, '--password-stdin'], secrets['wrong password on standard input']);
    await program.mustFail([...byUser, '--password', secrets['wrong password on the command line']]);
    const byRoot = [...nginx, 'web1', ...reach(asRoot), '--ssh_key_path', this.#keyPath];
    const wrong = program.inFile('nophrase', secrets['wrong passphrase of the ssh key']);
    await program.mustFail([...byRoot, '--ssh_key_password-file', wrong]);
    const right = program.inFile('phrase', phrase);
    const first = await program.mustWork([...byRoot, '--ssh_key_password-file', right]);
    await program.mustWork([...byUser, '--password', password]);
    await program.ended(String(first.taskId));
  }

  /** Keys on the target, then in the agent; then a script that tells all it knows, and fails. */
  async certificates(): Promise<void> {
    const program = this.#program;
    expect(await program.ended(await program.certify('web1/shop.example'))).toBe('succeeded');
    this.#planted.note('the key made on the target', this.#siteKey());
    const inAgent = { key_place: 'agent' } as const;
    expect(await program.ended(await program.certify('web2/shop.example', inAgent))).toBe('succeeded');
    this.#planted.note('the key made in the agent', this.#siteKey());
    const tells = `#!/bin/sh\necho "$@"; env; cat; cat /proc/self/cmdline; set >&2; exit 3\n`;
    const script = program.inFile('tells-all', tells);
    chmodSync(script, 0o755);
    const scripts = ['--restart_script', script, '--install_script', script];
    const file = ['--name', 'file', '--path', this.#tls('shop.crt'), '--key_path', this.#tls('shop.key')];
    const add = ['tls', 'add', 'pem', ...file, ...reach(this.scene.asUser), ...scripts, '--password-stdin'];
    const { taskId } = await program.mustWork(add, password);
    await program.ended(String(taskId));
    expect(await program.ended(await program.certify('file/shop.crt', inAgent))).toBe('failed');
  }

  #tls(name: string): string {
    return join(this.scene.site.nginx.dir, 'tls', name);
  }

  #siteKey(): string {
    return readFileSync(this.#tls('shop.key'), 'utf8');
  }

  /** Key stores and a manager, each with passwords of its own. */
  async endpointsWithPasswords(): Promise<void> {
    await this.scene.endpoints.play(this.#program);
  }

  /** An order at an authority that cannot be reached, given up; every question is asked afterwards. */
  async lostOrder(): Promise<string> {
    const request = { authority: 'nowhere', names: ['lost.example'] };
    const lost = await this.#program.certify('web1/shop.example', request);
    await this.#program.rowOf(
      lost,
      ({ state, waitingFor }) => state === 'waiting' && waitingFor !== 'approval',
    );
    await this.#program.cancel(lost);
    return lost;
  }

  async everyQuestion(lost: string): Promise<void> {
    for (const call of everything(lost)) await this.#program.asked(call);
    await this.#program.mustWork(['tasks', 'show', lost]);
  }

  async credentials(): Promise<void> {
    const program = this.#program;
    const { plant, the } = this.#planted;
    const hands: Hands = {
      ...{ plant, the, peers: this.scene.peers, password, key: { path: this.#keyPath, passphrase: phrase } },
      mustWork: program.mustWork.bind(program),
      mustFail: program.mustFail.bind(program),
      trust: program.run.bind(program),
      inFile: program.inFile.bind(program),
      logsIn: this.#logsIn.bind(this),
    };
    for (const open of Object.values(credentialDoors)) await open(hands);
  }

  /** A file of the managed host that a credential of a store opens. */
  async #logsIn(name: string, store: string, credential: string): Promise<void> {
    const { host, port } = this.scene.asUser;
    const { taskId } = await this.#program.mustWork([
      ...['tls', 'add', 'pem', '--name', name, '--path', this.#tls('shop.crt')],
      ...['--connection_type', 'ssh', '--host', host, '--port', String(port)],
      ...['--store', store, '--store_cred_id', credential],
    ]);
    expect(await this.#program.ended(String(taskId))).toBe('succeeded');
  }

  async rotation(): Promise<void> {
    const program = this.#program;
    await program.mustFail(['secrets', 'rotate']);
    const again = secrets['second passphrase of the store'];
    await program.mustWork(['secrets', 'rotate', '--passphrase-file', program.inFile('again', again)]);
    await this.#newRecoveryKey('the recovery key after the rotation');
    await program.restart();
    const unlock = ['secrets', 'unlock', '--passphrase-stdin'];
    await program.mustFail(unlock, secrets['passphrase of the store']);
    await program.mustWork(unlock, again);
  }

  async backup(file: string): Promise<void> {
    const program = this.#program;
    const passphrase = secrets['passphrase of the backup'];
    const inFile = program.inFile('backup-phrase', passphrase);
    await program.mustWork(['backup', 'create', file, '--passphrase-file', inFile]);
    const wrong = secrets['wrong passphrase of the backup'];
    await program.mustFail(['backup', 'restore', file, '--passphrase', wrong]);
    await program.mustWork(['backup', 'restore', file, '--passphrase-stdin'], passphrase);
  }

  async restored(): Promise<void> {
    const program = this.#program;
    await program.restart();
    const unlock = ['secrets', 'unlock', '--passphrase-stdin'];
    await program.mustFail(unlock, secrets['wrong passphrase of the store']);
    await program.mustWork(unlock, secrets['passphrase of the backup']);
    await program.mustWork(['audit', 'verify']);
  }
}
