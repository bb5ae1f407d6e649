import { type ScriptSettings, usualScriptTimeout } from '#shared/catalog/endpoints/scripts.ts';
import { Failure } from '#shared/failure.ts';
import type { CommandChange } from '#shared/model/changes/command.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Restarted } from '../endpoint.ts';
import { saidInAll } from './run.ts';

/** What `timeout` of coreutils ends with. */
const tooLate = 124;

/** Argument vector of a script: the file itself, on Windows the interpreter its ending asks for. Never a joined line. @internal */
export function scriptArgv(path: string, args: readonly string[]): [string, ...string[]] {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === 'ps1') return ['powershell', '-NoProfile', '-NonInteractive', '-File', path, ...args];
  // cmd takes its line apart again, so nothing that it could act upon may be in an argument
  if (ending === 'bat' || ending === 'cmd')
    return ['cmd', '/d', '/s', '/c', path, ...args.map((arg) => arg.replace(/[^A-Za-z0-9.*:_@-]/g, '_'))];
  return [path, ...args];
}

interface Ran {
  code: number;
  /** All that it printed, or the end of it, without what must not be shown. */
  said: string;
}

/** Scripts of the user on one endpoint. `masks`: secrets that must not be shown should a script print them; null: they are not known. */
export class UserScripts {
  readonly #connection: HostConnection;
  readonly #settings: ScriptSettings;

  constructor(connection: HostConnection, settings: ScriptSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** As a plan says what will be run; `argument` says in words what the install script is given. */
  commands(alias: string, argument: string): CommandChange[] {
    const { installScript, restartScript } = this.#settings;
    const commands: CommandChange[] = [];
    if (installScript !== null)
      commands.push({
        kind: 'command',
        argv: scriptArgv(installScript, [alias]),
        why: `The install script, with ${argument}.`,
      });
    if (restartScript !== null)
      commands.push({
        kind: 'command',
        argv: scriptArgv(restartScript, []),
        why: 'The restart script.',
      });
    return commands;
  }

  /** With the argument that the plan says. Null: the plan has none. Only a lost connection rejects. */
  async install(plan: InstallPlan, masks: readonly string[] | null = []): Promise<Ran | null> {
    const { installScript } = this.#settings;
    const alias = installScript === null ? null : plannedAlias(plan, installScript);
    if (installScript === null || alias === null) return null;
    return this.#run(installScript, [alias], masks);
  }

  /** Without a restart script there is nothing to do: whoever serves the file notices by itself. `endpoint.restart-failed`. */
  async restart(masks: readonly string[] | null = []): Promise<Restarted> {
    const { restartScript } = this.#settings;
    if (restartScript === null) return { settled: false, noScript: true };
    const ran = await this.#run(restartScript, [], masks);
    if (ran.code === 0) {
      const printed = ran.said === '' ? '' : `: ${ran.said.replace(/\.$/, '')}`;
      return { settled: false, said: `The restart script ended with code 0${printed}.` };
    }
    throw new Failure(
      'endpoint.restart-failed',
      `The restart script ${restartScript} on ${this.#connection.description} ended with code ${ran.code}.`,
      { hint: 'Run it manually on the endpoint to see what it reports.', peerSaid: ran.said },
    );
  }

  async #run(path: string, args: readonly string[], masks: readonly string[] | null): Promise<Ran> {
    const seconds = this.#settings.scriptTimeout ?? usualScriptTimeout;
    const result = await this.#connection.exec({
      ...{ argv: scriptArgv(path, args), timeoutMs: seconds * 1000, leavesBehind: true, partial: true },
    });
    const said =
      masks === null
        ? 'what it printed is not shown, because the passwords in it could not be masked'
        : saidInAll(result, masks);
    if (!result.timedOut) return { code: result.code ?? 1, said };
    const limit = `It was ended after ${seconds} s, with what it had started.`;
    return { code: tooLate, said: `${limit} ${said}`.trim() };
  }
}

/** What the plan hands to the install script; null: it does not run it. */
function plannedAlias({ changes }: InstallPlan, installScript: string): string | null {
  const alone = scriptArgv(installScript, []);
  const run = changes.find(
    (one): one is CommandChange =>
      one.kind === 'command' &&
      one.argv.length === alone.length + 1 &&
      alone.every((word, at) => word === one.argv[at]),
  );
  return run?.argv.at(-1) ?? null;
}
