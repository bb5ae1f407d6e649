import type { ScriptSettings } from '#shared/catalog/endpoints/scripts.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { unwritable } from './keys.ts';

/** The checks of one probe, as they are made: every "no" with its reason. `begins` is called as each begins. */
export class FileProbe {
  readonly #connection: HostConnection;
  readonly #begins: ((check: CheckName) => void) | undefined;
  readonly #checks: ProbeCheck[];

  constructor(connection: HostConnection, begins: ((check: CheckName) => void) | undefined) {
    this.#connection = connection;
    this.#begins = begins;
    const sentence = `Connected: ${connection.description}, ${connection.credentialUsed}.`;
    this.#checks = [{ name: 'connect', ok: true, sentence }];
  }

  /** Whether it went well. */
  async check(name: CheckName, work: () => Promise<string>): Promise<boolean> {
    this.#begins?.(name);
    try {
      this.#checks.push({ name, ok: true, sentence: await work() });
      return true;
    } catch (error) {
      const { message, hint } = asFailure(error);
      this.#checks.push({ name, ok: false, sentence: hint === undefined ? message : `${message} ${hint}` });
      return false;
    }
  }

  /** Whether files in these directories can be replaced. */
  async writing(directories: readonly string[]): Promise<void> {
    const all = [...new Set(directories)];
    await this.check('write', async () => {
      const locked = await unwritable(this.#connection, all);
      if (locked === null) return `The files can be replaced (${all.join(', ')}).`;
      throw new Failure('endpoint.denied', `The account is not allowed to write to ${locked}.`, {
        hint: 'Use an account with that permission, or one with sudo.',
      });
    });
  }

  async scripts({ installScript, restartScript }: ScriptSettings): Promise<void> {
    for (const [name, path] of [
      ['install-script', installScript],
      ['restart-script', restartScript],
    ] as const)
      if (path !== null) await this.check(name, () => script(this.#connection, path));
  }

  report(at: number): ProbeReport {
    return { ok: this.#checks.every((one) => one.ok), version: null, checks: this.#checks, at };
  }
}

async function script(connection: HostConnection, path: string): Promise<string> {
  const facts = await connection.stat(path);
  if (facts === null || facts.kind !== 'file')
    throw new Failure('script.missing', `There is no script ${path}.`, {
      hint: 'Create it there, or remove the option.',
    });
  const windows = /\.(ps1|bat|cmd)$/i.test(path);
  if (windows) return `${path} exists.`;
  const result = await connection.exec({ argv: ['sh', '-c', '[ -x "$1" ]', 'sh', path], timeoutMs: 15_000 });
  if (result.code === 0) return `${path} exists and can be run.`;
  throw new Failure('script.not-executable', `The script ${path} cannot be run.`, {
    hint: `Run: chmod +x ${path}`,
  });
}
