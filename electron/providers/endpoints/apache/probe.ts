import { Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { maySignal, opensslCheck, probing, writingCheck } from '../common/probing.ts';
import { reloadCommand, runningServer } from './commands.ts';
import type { Program } from './program.ts';
import type { View } from './view.ts';

/** Checks everything an install will need, one check after the other; what fails hides what depends on it. */
export async function probeApache(
  connection: HostConnection,
  at: number,
  ask: { program: () => Promise<Program>; view: () => Promise<View> },
  begins?: (check: CheckName) => void,
): Promise<ProbeReport> {
  const { checks, check } = probing(connection, begins);
  let version: string | null = null;
  const found = await check('program', async () => {
    const program = await ask.program();
    version = program.version;
    return `${program.version} at ${program.path}.`;
  });
  if (found && version !== null) {
    const seen: { view?: View } = {};
    await check('configuration', async () => {
      const view = await ask.view();
      seen.view = view;
      const { length } = view.nodes;
      const by = view.configuration.printed
        ? 'as Apache itself printed it (mod_info)'
        : 'read from its files, since there is no mod_info';
      return `Apache accepts its configuration ${view.configuration.main.path} (${length} node${length === 1 ? '' : 's'}, ${by}).`;
    });
    const { view } = seen;
    if (view !== undefined) {
      await check('running', () => running(connection, view));
      await check('write', () =>
        writingCheck(connection, view.nodes, { main: view.configuration.main.path, real: view.real }),
      );
    }
  }
  await check('openssl', () => opensslCheck(connection));
  // without openssl everything works, with keys made in the agent
  const ok = checks.every((one) => one.ok || one.name === 'openssl');
  return { ok, version, checks, at };
}

async function running(connection: HostConnection, { configuration, program }: View): Promise<string> {
  const server = await runningServer(connection, configuration.pidPath);
  if (server === null)
    throw new Failure(
      'endpoint.not-running',
      `Apache is not running: its PID file ${configuration.pidPath} does not name an Apache process.`,
      {
        hint: 'Start Apache, or set the directory and the configuration file of the instance it was started with.',
      },
    );
  const { argv } = reloadCommand(program, server);
  if (server.unit === null && !(await maySignal(connection, server.pid)))
    throw new Failure(
      'endpoint.denied',
      `The account is not allowed to reload Apache (process ${server.pid}).`,
      { hint: 'Use root, or an account that is allowed to run apachectl with sudo.' },
    );
  return `Apache is running (process ${server.pid}). Reload command: ${argv.join(' ')}.`;
}
