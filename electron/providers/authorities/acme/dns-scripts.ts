import type { ExecResult } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import type { ValidationSettings } from '#shared/catalog/authorities/acme-validation.ts';
import { Failure } from '#shared/failure.ts';
import type { Provision } from './handle.ts';
import { recordOf } from './key-authorization.ts';

export type RunScript = (argv: [string, ...string[]], timeoutMs: number) => Promise<ExecResult>;

/** The user's scripts that set and remove TXT records, one after the other. */
export class DnsScripts {
  readonly #parts: { validation: ValidationSettings; runScript: RunScript };
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: { validation: ValidationSettings; runScript: RunScript }) {
    this.#parts = parts;
  }

  /** Rejects with `acme.dns-script-*`. DNS services answer badly to two changes of one zone at once. */
  run(verb: 'add' | 'remove', provision: Provision): Promise<void> {
    const mine = this.#last.then(() => this.#runNow(verb, provision));
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #runNow(verb: 'add' | 'remove', { name, keyAuthorization }: Provision): Promise<void> {
    const { validation, runScript } = this.#parts;
    if (validation.method !== 'dns-01-script') return;
    const { record, value } = recordOf(name, keyAuthorization);
    const script = verb === 'add' ? validation.addScript : validation.removeScript;
    const result = await runScript([script, record, value], validation.timeoutSeconds * 1000).catch(
      (cause: unknown) => {
        throw new Failure(
          'acme.dns-script-not-run',
          `The DNS ${verb} script ${script} could not be started.`,
          {
            hint: 'Check that the file exists on this machine, is executable and names its interpreter.',
            cause,
          },
        );
      },
    );
    const peerSaid = peerTail(`${result.stdout.toString()}\n${result.stderr.toString()}`);
    if (result.timedOut)
      throw new Failure(
        'acme.dns-script-timed-out',
        `The DNS ${verb} script ${script} did not finish within ${validation.timeoutSeconds} s for ${record}.`,
        { hint: 'Make the script faster or increase dns_timeout_seconds.', peerSaid },
      );
    if (result.code !== 0)
      throw new Failure(
        'acme.dns-script-failed',
        `The DNS ${verb} script ${script} ended with code ${result.code} for ${record}.`,
        {
          hint: 'Run the script manually with a record name and a value to see why.',
          peerSaid,
        },
      );
  }
}
