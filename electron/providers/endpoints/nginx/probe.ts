import { Failure } from '#shared/failure.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { maySignal, opensslCheck, probing, writingCheck } from '../common/probing.ts';
import { pidPathOf, refuseHandingOver, reloadCommand, runningServer, testConfiguration } from './commands.ts';
import type { Program } from './program.ts';
import type { View } from './view.ts';

/** Checks everything an install will need, one check after the other; what fails hides what depends on it. */
export async function probeNginx(
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
    return `${program.version} at ${program.path}, configuration ${program.configPath}.`;
  });
  if (found && version !== null) {
    const seen: { view?: View } = {};
    await check('configuration', async () => {
      const program = await ask.program();
      const answer = await testConfiguration(connection, program);
      seen.view = await ask.view();
      const { length } = seen.view.nodes;
      return `nginx accepts its configuration (${length} server block${length === 1 ? '' : 's'}): ${lastLine(answer)}`;
    });
    const { view } = seen;
    if (view !== undefined) {
      await check('running', () => running(connection, view));
      await check('write', () =>
        writingCheck(connection, view.nodes, { main: view.program.configPath, real: view.real }),
      );
    }
  }
  await check('openssl', () => opensslCheck(connection));
  // without openssl everything works, with keys made in the agent
  const ok = checks.every((one) => one.ok || one.name === 'openssl');
  return { ok, version, checks, at };
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}

async function running(connection: HostConnection, { configuration, program }: View): Promise<string> {
  const pidPath = pidPathOf(configuration, program);
  const server = await runningServer(connection, pidPath);
  if (server === null)
    throw new Failure(
      'endpoint.not-running',
      `nginx is not running: its PID file ${pidPath} does not name an nginx process.`,
      {
        hint: 'Start nginx, or set the configuration file and the prefix it was started with.',
      },
    );
  refuseHandingOver(connection, server);
  const { argv } = reloadCommand(program, server);
  if (server.unit === null && !(await maySignal(connection, server.pid)))
    throw new Failure(
      'endpoint.denied',
      `The account is not allowed to reload nginx (process ${server.pid}).`,
      {
        hint: 'Use root, or an account that is allowed to run nginx with sudo.',
      },
    );
  return `nginx is running (process ${server.pid}). Reload command: ${argv.join(' ')}.`;
}
