import { randomBytes } from 'node:crypto';
import type { Client } from 'ssh2';
import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';
import { peerTail } from '#kit/redact.ts';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { Failure } from '#shared/failure.ts';
import { described } from '#shared/model/connection.ts';
import { Secret } from '../../../secrets/secret.ts';
import { connectionClosed, connectionLost } from '../common/connection-failures.ts';
import type { Place } from '../common/file-failures.ts';
import * as posix from '../common/posix.ts';
import type { PosixHost, Script } from '../common/posix-host.ts';
import type { ConnectTools } from '../connection.ts';
import { endClient } from './channel.ts';
import { factsScript, type HostFacts, notPosix, readHostFacts, trickyText } from './host-facts.ts';
import { Sessions } from './sessions.ts';
import { type Elevation, wantsPassword } from './sudo.ts';

/** A host that is logged in to: runs scripts there, as root where it can, and tells their output from the noise around. */
export class SshHost implements PosixHost {
  readonly description: string;
  readonly dialAddress: string;
  readonly #settings: SshSettings;
  readonly #method: string;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #marker = `trustkeep-${randomBytes(8).toString('hex')}`;
  readonly #sessions: Sessions;
  #facts: HostFacts | null = null;
  #password: Secret | undefined;

  /** `method`: how it was logged in, for `credentialUsed`. */
  constructor(client: Client, method: string, settings: SshSettings, tools: ConnectTools) {
    this.#client = client;
    this.#settings = settings;
    this.#method = method;
    this.dialAddress = settings.host;
    this.#clock = tools.clock;
    this.#log = tools.log.in('ssh');
    this.description = described(settings);
    const where = { description: this.description, host: settings.host, marker: this.#marker };
    this.#sessions = new Sessions(client, tools.clock, where);
    client.on('error', (error) => this.#sessions.end(connectionLost(this.description, error)));
    client.on('close', () => this.#sessions.end(connectionLost(this.description)));
  }

  get credentialUsed(): string {
    const sudo = this.#sessions.elevation.how === 'none' ? '' : ', sudo';
    return `user ${this.#settings.user}, ${this.#method}${sudo}`;
  }

  get tools(): posix.HostTools {
    return this.#facts?.tools ?? posix.usualTools;
  }

  /** Once, before anything else: what kind of host is this, and may we be root? */
  async prepare(password: Secret | undefined, signal: AbortSignal | undefined): Promise<void> {
    this.#password = password === undefined ? undefined : Secret.of(password.bytes());
    const { host, user } = this.#settings;
    const result = await this.run({ text: factsScript, args: [trickyText], signal });
    if (result.code !== 0) throw notPosix(host, user, peerTail(result.stderr.toString()));
    this.#facts = readHostFacts(result.stdout.toString(), host, user);
    await this.#findElevation(this.#facts, signal);
    this.#log.debug('examined the host', { host, os: this.#facts.os, root: this.#sessions.elevation.how });
  }

  async #findElevation(facts: HostFacts, signal: AbortSignal | undefined): Promise<void> {
    const none = (why: string): Elevation => ({ how: 'none', why });
    if (facts.uid === 0) this.#sessions.elevation = none('this is root');
    else if (facts.sudo === null) this.#sessions.elevation = none('sudo is not installed');
    else if (facts.sudoer === 'free') this.#sessions.elevation = { how: 'free', sudo: facts.sudo };
    else if (!wantsPassword(facts.sudoer))
      this.#sessions.elevation = none(`sudo said: ${peerTail(facts.sudoer, [], 120)}`);
    else if (this.#password === undefined)
      this.#sessions.elevation = none('sudo requires a password and none is set');
    else {
      this.#sessions.elevation = { how: 'password', sudo: facts.sudo, password: this.#password };
      const tried = await this.#sessions.run({ text: ':', args: [], signal });
      const said = peerTail(tried.stderr.toString(), [], 160).replace(/\s+/g, ' ');
      if (posix.behindMarker(tried.stdout, this.#marker) === null)
        this.#sessions.elevation = none(`sudo said: ${said}`);
    }
  }

  get place(): Place {
    const { host, user } = this.#settings;
    const why = this.#sessions.elevation.how === 'none' ? ` (now: ${this.#sessions.elevation.why})` : '';
    return {
      host,
      user: this.#sessions.elevation.how === 'none' ? user : `${user} (with sudo)`,
      remedy: `Give ${user} that permission on ${host}, allow it to use sudo${why}, or connect as root.`,
    };
  }

  /** Runs a script and gives its own output. When sudo's rules changed meanwhile, looks at them again, once. */
  async run(script: Script): Promise<ExecResult> {
    const kept = script.kept === true ? await this.#sessions.inKeptShell(script) : null;
    if (kept !== null) return kept;
    let result = await this.#sessions.run(script);
    if (
      result.code === posix.exits.unguarded &&
      this.#facts !== null &&
      posix.behindMarker(result.stdout, this.#marker) === null
    ) {
      this.#sessions.elevation = { how: 'free', sudo: this.#facts.sudo ?? 'sudo' };
      result = await this.#sessions.run(script);
    }
    const stdout = posix.behindMarker(result.stdout, this.#marker);
    if (stdout !== null) return { ...result, stdout };
    if (result.timedOut) return { ...result, stdout: Buffer.alloc(0) };
    throw this.#notStarted(result);
  }

  #notStarted(result: ExecResult): Failure {
    const { host, user } = this.#settings;
    const said = peerTail(result.stderr.toString() || result.stdout.toString());
    if (this.#facts === null) return notPosix(host, user, said);
    return new Failure('ssh.command-refused', `${host} no longer runs commands for user ${user}.`, {
      hint: 'Its password, sudo rules or login shell may have changed. Check them and the stored login.',
      peerSaid: said,
    });
  }

  async close(): Promise<void> {
    const wasOpen = this.#sessions.ended === null;
    this.#sessions.end(connectionClosed(this.description));
    this.#password?.wipe();
    if (wasOpen) await endClient(this.#client, this.#clock);
  }
}
