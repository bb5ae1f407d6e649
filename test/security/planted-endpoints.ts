import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import { type MadeLeaf, makeLeaf } from '#test/make/certificates.ts';
import { testCa } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import type { HeardProgram } from './heard-program.ts';
import type { Plant } from './planted-peers.ts';

const usable = have('keytool') && have('openssl') && haveTomcat(10);

const add = (type: string): string[] => ['tls', 'add', type, '--name', type];
const update = (name: string): string[] => ['tls', 'update', name];

/** Key stores and a Tomcat whose passwords are planted, and what is done with them. Nothing where there is no Java. */
export class PlantedEndpoints {
  readonly #plant: Plant;
  readonly #dir: string;
  readonly #passwords: Record<'store' | 'key' | 'p12' | 'manager', string>;
  #tomcat: RunningTomcat | null = null;

  /** Before processes are watched: the programs that make key stores are told passwords by their environment. */
  static async begin(plant: Plant): Promise<PlantedEndpoints> {
    const made = new PlantedEndpoints(plant, await mkdtemp(join(tmpdir(), 'trustkeep-planted-')));
    if (usable) await made.#make();
    return made;
  }

  private constructor(plant: Plant, dir: string) {
    this.#plant = plant;
    this.#dir = dir;
    this.#passwords = {
      store: plant('password of a JKS store'),
      key: plant('password of a key in it'),
      p12: plant('password of a P12 store'),
      manager: plant('password of the manager of Tomcat'),
    };
  }

  async #make(): Promise<void> {
    const leaf = makeLeaf(testCa, { names: ['shop.example'], intermediate: true });
    await chmod(this.#dir, 0o755);
    await this.#makeStores(leaf);
    this.#tomcat = await startTomcat({
      ...{ roles: 'manager-script', password: this.#passwords.manager },
      files: { 'conf/a.crt': leaf.chainPem, 'conf/a.key': leaf.keyPem },
      connectors:
        '<Connector port="{port2}" address="127.0.0.1" SSLEnabled="true"><SSLHostConfig><Certificate certificateFile="conf/a.crt" certificateKeyFile="conf/a.key"/></SSLHostConfig></Connector>',
    });
  }

  async #makeStores(leaf: MadeLeaf): Promise<void> {
    await writeFile(join(this.#dir, 'shop.pem'), leaf.keyPem + leaf.chainPem);
    const env = { ...childEnvironment() };
    Object.assign(env, { S: this.#passwords.store, K: this.#passwords.key, P: this.#passwords.p12 });
    const script = `cd "$1" && openssl pkcs12 -export -in shop.pem -name shop -passout env:P -out shop.p12 &&
      keytool -importkeystore -noprompt -srckeystore shop.p12 -srcstoretype PKCS12 -srcstorepass:env P -srcalias shop \\
        -destkeystore shop.jks -deststoretype JKS -deststorepass:env S -destkeypass:env K`;
    const argv = ['sh', '-c', script, 'sh', this.#dir] as [string, ...string[]];
    const { code, stderr } = await exec({ argv, env, timeoutMs: 60_000 });
    if (code !== 0) throw new Error(`the key stores were not made: ${stderr}`);
    await rm(join(this.#dir, 'shop.pem'));
  }

  /** Each is added with a wrong password, is given the right one, and gets a certificate; scripts tell all they know. */
  async play(program: HeardProgram): Promise<void> {
    if (this.#tomcat === null) return;
    const tells = '#!/bin/sh\necho "$@"; env; cat; cat /proc/$PPID/cmdline; exit 3\n';
    const script = program.inFile('tells-more', tells);
    await chmod(script, 0o755);
    const scripts = ['--install_script', script, '--restart_script', script];
    const { store, key, p12, manager } = this.#passwords;

    const jks = ['--path', join(this.#dir, 'shop.jks'), ...scripts];
    const wrong = this.#plant('wrong password of a JKS store');
    await program.mustWork([...add('jks'), ...jks, '--store_password', wrong]);
    const inFile = program.inFile('key-password', key);
    await program.mustWork(
      [...update('jks'), '--store_password-stdin', '--key_password-file', inFile],
      store,
    );
    await this.#certified(program, 'jks', 'shop');

    const other = this.#plant('wrong password of a P12 store');
    const pkcs12 = ['--path', join(this.#dir, 'shop.p12'), ...scripts, '--store_password-stdin'];
    await program.mustWork([...add('p12'), ...pkcs12], other);
    await program.mustWork([...update('p12'), '--store_password', p12]);
    await this.#certified(program, 'p12', 'shop');

    const { dir, ports } = this.#tomcat;
    const url = `http://127.0.0.1:${ports[0]}/manager`;
    const tomcat = ['--tomcat_dir', dir, '--manager_url', url, '--manager_user', 'deploy'];
    const nobody = this.#plant('wrong password of the manager');
    await program.mustWork([...add('tomcat'), ...tomcat, '--manager_password', nobody]);
    await program.mustWork([...update('tomcat'), '--manager_password-stdin'], manager);
    expect(await this.#certified(program, 'tomcat', `127.0.0.1:${ports[1]}`)).toBe('succeeded');
    await this.#exported(program);
  }

  async #certified(program: HeardProgram, endpoint: string, node: string): Promise<string> {
    await program.mustWork(['tls', 'discover', endpoint, '--wait']);
    const more = { key_place: 'agent', names: ['shop.example'] } as const;
    return program.ended(await program.certify(`${endpoint}/${node}`, { ...more, names: [...more.names] }));
  }

  async #exported(program: HeardProgram): Promise<void> {
    const path = join(this.#dir, 'exported.p12');
    const order = ['certificates', 'export', '1001', '--format', 'pkcs12', '--path'];
    await program.mustWork(
      [...order, path, '--password-stdin'],
      this.#plant('password of an exported P12 file'),
    );
    await program.mustFail([...order, path, '--password', this.#plant('password of a file that is there')]);
  }

  async stop(): Promise<void> {
    await this.#tomcat?.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
