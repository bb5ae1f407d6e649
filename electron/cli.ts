#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { keepMemoryOutOfCores } from '#kit/core-files.ts';
import type { LogLevel } from '#kit/log.ts';
import { accountName, dataDirectory } from '#kit/paths.ts';
import { causeOf } from '#kit/unexpected.ts';
import { version } from '#kit/version.ts';
import { Failure } from '#shared/failure.ts';
import { exitCodes } from './cli/exit-codes.ts';
import type { CliIo, LocalAgent } from './cli/io.ts';
import { askHidden } from './cli/prompt.ts';
import { runCli } from './cli/run-cli.ts';
import { tell } from './cli/said.ts';
import { connectLocally, connectToService } from './transport/client.ts';

const argv = process.argv.slice(2);
// On Linux and macOS this overwrites the words that `ps` shows, a password among them perhaps.
process.title = 'trustkeep';
keepMemoryOutOfCores();

/** The agent in this process, while there is one: Ctrl+C must let it put its things in order. */
let own: LocalAgent | null = null;

/** Why an answer did not get out. */
let lost: Error | null = null;

const io: CliIo = {
  stdout: (text) =>
    process.stdout.write(text, (error) => {
      lost ??= error ?? null;
    }),
  stderr: (text) => process.stderr.write(text),
  async readStdin() {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  },
  readFile: (path) => readFile(path, 'utf8'),
  prompt: askHidden,
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  columns: process.stdout.isTTY ? process.stdout.columns : null,
  unicode: showsUnicode(process.env),
  env: process.env,
  resolvePath: (path) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path)),
  clock: systemClock,
  version,
  defaultDataDirectory: (system) => resolve(dataDirectory(system)),
  program: {
    about: async () => (await ofProgram()).about(),
    license: async (name) => (await ofProgram()).license(name),
  },
  connect: (directory) =>
    directory === resolve(dataDirectory(true))
      ? connectToService(directory, accountName())
      : connectLocally(directory, accountName()),
  async startAgent(directory, begins) {
    const { startLocalAgent } = await import('./cli/local-agent.ts');
    own = await startLocalAgent(directory, begins);
    return own;
  },
  async recover(directory, answer) {
    const { recoverLocally } = await import('./cli/local-agent.ts');
    return recoverLocally(directory, answer);
  },
  async service(call) {
    const { serviceOnThisMachine } = await import('./compose/service.ts');
    return serviceOnThisMachine(call);
  },
  async rehearse(print) {
    const { rehearse } = await import('./rehearsal.ts');
    return rehearse(print);
  },
  async runHeadless({ dataDirectory: directory, logLevel, settings, socketDirectory, service }) {
    process.off('SIGINT', interrupted);
    // the service has lines of its own for it
    process.off('uncaughtException', endAtUnexpected);
    process.off('unhandledRejection', endAtUnexpected);
    const options = { dataDirectory: directory, logLevel: (logLevel ?? 'info') as LogLevel, settings };
    if (service !== null) {
      const { runAsWindowsService } = await import('./compose/windows-service.ts');
      return runAsWindowsService({ ...options, group: service.group });
    }
    const { runHeadless } = await import('./headless.ts');
    return runHeadless({ ...options, socketDirectory });
  },
};

async function ofProgram(): Promise<CliIo['program']> {
  const { thisProgram } = await import('./compose/program.ts');
  return thisProgram;
}

function showsUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

function interrupted(): void {
  process.off('SIGINT', interrupted); // once more ends at once
  const stopped = own === null ? Promise.resolve() : own.stop();
  stopped.finally(() => process.exit(exitCodes.interrupted)).catch(() => {});
}

process.on('SIGINT', interrupted);
// whoever reads our lines may stop reading (`| head`): that is no trouble of ours, and no end of what is being done here
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' && own === null) process.exit(exitCodes.ok);
});

/** Left to Node, an error that no one caught would be printed whole, with whatever it holds. */
function endAtUnexpected(thrown: unknown): void {
  tell(
    new Failure('internal', `Ended after something unexpected: ${causeOf(thrown)}.`),
    argv.includes('--json'),
    io,
  );
  process.stderr.write('', () => process.exit(exitCodes.failed));
}

process.on('uncaughtException', endAtUnexpected);
process.on('unhandledRejection', endAtUnexpected);

const code = await runCli(argv, io);
process.stdout.write('', () => process.exit(lost === null ? code : unwritten(lost)));

/** Some answers are given once: a script must not take silence for success. */
function unwritten(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return code;
  const said = `The answer could not be written: ${error.message}.`;
  tell(new Failure('output.lost', said, { cause: error }), argv.includes('--json'), io);
  return code === exitCodes.ok ? exitCodes.failed : code;
}
