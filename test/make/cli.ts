import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { CliIo, LocalAgent, ServiceAnswer } from '../../electron/cli/io.ts';
import { runCli } from '../../electron/cli/run-cli.ts';
import type { Client } from '../../electron/transport/client.ts';

interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
  /** Questions that were asked at the terminal. */
  asked: string[];
  /** What happened to an agent in the command's own process. */
  own: string[];
  headless: {
    dataDirectory: string;
    logLevel: string | null;
    service: { group: string | null } | null;
  }[];
}

export interface CliWorld {
  /** The agent that runs. */
  running?: Client | null;
  /** The agent to start when none runs. */
  own?: Client;
  /** How often the data directory is taken by another process first; then `running` answers, or the own one starts. */
  taken?: number;
  /** What the service manager answers. */
  service?: ServiceAnswer;
  stdin?: string;
  files?: Record<string, string>;
  answers?: string[];
  columns?: number | null;
  unicode?: boolean;
  now?: number;
  /** Whether the rehearsal proves everything. */
  rehearsed?: boolean;
}

/** The command line as a person or script meets it, in a world of the test's making. */
export async function cli(argv: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const run: CliRun = { code: -1, stdout: '', stderr: '', asked: [], own: [], headless: [] };
  const answers = [...(world.answers ?? [])];
  let taken = world.taken ?? 0;
  const { now } = world;
  const io: CliIo = {
    stdout: (text) => {
      run.stdout += text;
    },
    stderr: (text) => {
      run.stderr += text;
    },
    readStdin: async () => world.stdin ?? '',
    readFile: async (path) => {
      const text = world.files?.[path];
      if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      return text;
    },
    prompt: async (question) => {
      run.asked.push(question);
      return answers.shift() ?? '';
    },
    interactive: world.answers !== undefined,
    columns: world.columns ?? null,
    unicode: world.unicode ?? true,
    env: {},
    resolvePath: (path) => (path.startsWith('/') ? path : `/here/${path}`),
    clock: now === undefined ? systemClock : { ...systemClock, now: () => now },
    version: '1.2.3',
    defaultDataDirectory: (system) => (system ? '/system' : '/home'),
    connect: async () => (taken > 0 ? null : (world.running ?? null)),
    service: serviceIn(world, run),
    recover: async (directory, answer) => {
      run.own.push(`recovered ${directory} by ${answer}`);
      return 'It is back.';
    },
    startAgent: async (directory): Promise<LocalAgent> => {
      if (taken > 0) {
        taken -= 1;
        throw new Failure('agent.already-running', 'Another command is at work.', { retry: 'later' });
      }
      run.own.push(`made for ${directory}`);
      if (world.own === undefined) throw new Error('the test has no agent to start');
      return {
        client: world.own,
        unlock: async () => void run.own.push('unlocked'),
        start: async () => void run.own.push('started'),
        stop: async () => void run.own.push('stopped'),
      };
    },
    ...withoutAgent(world, run),
  };
  run.code = await runCli(argv, io);
  return run;
}

/** What is done by another agent than the one of a command, or by none. */
function withoutAgent(world: CliWorld, run: CliRun): Pick<CliIo, 'program' | 'rehearse' | 'runHeadless'> {
  return {
    program: {
      about: async () => ({ version: '1.2.3', build: 'signed', parts: [] }),
      license: async (name) => ({ text: name === 'undici' ? `Whoever has ${name} may use it.` : '' }),
    },
    async rehearse(print) {
      print('proved');
      return world.rehearsed ?? true;
    },
    async runHeadless(options) {
      run.headless.push(options);
      return 0;
    },
  };
}

/** A client that answers as told and remembers what it was asked. */
export function scriptedClient(answers: Record<string, unknown>): {
  client: Client;
  calls: [path: string, input: unknown][];
} {
  const calls: [string, unknown][] = [];
  const noun = (name: string) =>
    new Proxy(
      {},
      {
        get: (_target, verb) => async (input: unknown) => {
          const path = `${name}.${String(verb)}`;
          calls.push([path, input]);
          const answer = answers[path];
          if (answer instanceof Error) throw answer;
          return typeof answer === 'function' ? answer(input) : answer;
        },
      },
    );
  const client = new Proxy({}, { get: (_target, name) => noun(String(name)) }) as Client;
  return { client, calls };
}

function serviceIn(world: CliWorld, run: CliRun): CliIo['service'] {
  return async ({ verb, dataDirectory, values }) => {
    run.own.push(`service ${verb} ${JSON.stringify({ at: dataDirectory, ...values })}`);
    if (world.service === undefined) throw new Error('the test has no service manager');
    return world.service;
  };
}
