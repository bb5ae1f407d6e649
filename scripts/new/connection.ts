import type { Files } from './family.ts';

/** The least real connection type: a program of this machine that runs commands on a Linux host, as `docker exec` does. */
export const connectionFiles: Files = {
  definition: ({ id, value, type }) => `import { z } from 'zod';
import { checkAbsolute, invalid, text } from '../flat.ts';
import { defineConnection } from './definition.ts';

const settings = z.object({ type: z.literal('${id}'), program: z.string().min(1) });
export type ${type}Settings = z.infer<typeof settings>;

export const ${value} = defineConnection({
  id: '${id}',
  label: '${type}',
  help: 'A Linux host behind a program on this machine that runs commands there.',
  fields: [
    {
      name: 'program',
      label: 'Program',
      help: 'Path of the program on this machine; its arguments are the command to run on the host.',
      kind: 'path',
      ownFile: 'always',
      max: 4096,
    },
  ],
  settings,
  kind: 'host',
  system: 'posix',
  runsHere: false,
  told: () => ({ address: null, login: null, pinned: null }),
  described: ({ program }) => \`${id} \${program}\`,
  toFlat: ({ program }) => ({ program }),
  fromFlat(flat) {
    const program = text(flat, 'program');
    if (program === null) throw invalid('Program is required for the connection type ${id}.', 'Add --program.');
    checkAbsolute('Program', program);
    return { type: '${id}', program };
  },
  bound: ({ type, program }) => ({ type, program }),
});
`,
  provider: ({
    id,
    value,
    type,
  }) => `import type { ${type}Settings } from '#shared/catalog/connections/${id}.ts';
import type { ConnectionProvider } from '../connection.ts';
import { connect${type} } from './${id}.ts';

export const ${value}: ConnectionProvider<${type}Settings> = {
  connect: (settings, _login, { signal }) => connect${type}(settings, signal),
};
`,
  shape: ({ id }) => `import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionShape } from '#test/make/connection-peers.ts';

export const shape: ConnectionShape = {
  everything: { type: '${id}', program: '/usr/bin/reach' },
  anySettings: (chance) => ({ type: '${id}', program: chance.pick(['/usr/bin/reach', '/opt/a b/ü']) }),
  cases: {
    'through a program that runs everything here': {
      can: true,
      async start() {
        const directory = await mkdtemp(join(tmpdir(), 'trustkeep-${id}-'));
        const program = join(directory, 'reach');
        await writeFile(program, '#!/bin/sh\\nexec "$@"\\n', { mode: 0o755 });
        return {
          settings: { type: '${id}', program },
          login: () => ({}),
          ...{ description: \`${id} \${program}\`, user: 'user ', refused: null, otherIdentity: null },
          stop: () => rm(directory, { recursive: true }),
        };
      },
    },
  },
};
`,
  adapter: ({ id, value, type }) =>
    adapter.replaceAll('__ID__', id).replaceAll('__VALUE__', value).replaceAll('__TYPE__', type),
};

const adapter = `import { randomBytes } from 'node:crypto';
import { type ExecResult, exec } from '#kit/exec.ts';
import { type __TYPE__Settings, __VALUE__ } from '#shared/catalog/connections/__ID__.ts';
import { connectionClosed, connectionLost } from '../common/connection-failures.ts';
import { defaultTimeoutMs } from '../common/exec-outcome.ts';
import { largestRead, type Place } from '../common/file-failures.ts';
import { behindMarker, prologue, usualTools } from '../common/posix.ts';
import { PosixConnection } from '../common/posix-connection.ts';
import type { PosixHost, Script } from '../common/posix-host.ts';
import type { HostConnection } from '../connection.ts';

/** Room for what is printed before the marker. */
const roomBytes = 1024 * 1024;

/** Runs nothing once, to see that the program reaches a host. */
export async function connect__TYPE__(
  settings: __TYPE__Settings,
  signal: AbortSignal | undefined,
): Promise<HostConnection> {
  const host = new __TYPE__Host(settings);
  await host.run({ text: ':', args: [], signal });
  return new PosixConnection(host);
}

class __TYPE__Host implements PosixHost {
  readonly description: string;
  readonly dialAddress = '127.0.0.1';
  readonly credentialUsed: string;
  readonly tools = usualTools;
  readonly place: Place;
  readonly #program: string;
  readonly #marker = \`trustkeep-\${randomBytes(8).toString('hex')}\`;
  readonly #closed = new AbortController();

  constructor(settings: __TYPE__Settings) {
    this.#program = settings.program;
    this.description = __VALUE__.described(settings);
    this.credentialUsed = \`user of \${settings.program}\`;
    this.place = {
      host: this.description,
      user: this.credentialUsed,
      remedy: 'Give the user as whom the program runs commands that permission.',
    };
  }

  async run({ text, args, stdin, timeoutMs = defaultTimeoutMs, signal, leavesBehind, outputBytes = largestRead }: Script): Promise<ExecResult> {
    const stop = AbortSignal.any([this.#closed.signal, ...(signal === undefined ? [] : [signal])]);
    const script = prologue(this.#marker, false) + text;
    const result = await exec({
      argv: [this.#program, '/bin/sh', '-c', script, 'trustkeep', ...args],
      ...{ stdin, timeoutMs, signal: stop, leavesBehind, maxOutputBytes: outputBytes + roomBytes },
    }).catch((error: unknown) => {
      throw stop.aborted ? stop.reason : connectionLost(this.description, error);
    });
    const stdout = behindMarker(result.stdout, this.#marker);
    if (stdout === null && !result.timedOut) throw connectionLost(this.description);
    return { ...result, stdout: stdout ?? Buffer.alloc(0) };
  }

  async close(): Promise<void> {
    if (!this.#closed.signal.aborted) this.#closed.abort(connectionClosed(this.description));
  }
}
`;
