import type { Files } from './family.ts';

/** The least real credential store: JSON files in a directory of this machine, one for each credential. */
export const storeFiles: Files = {
  definition: ({ id, value, type }) => `import { z } from 'zod';
import { checkAbsolute, text } from '../flat.ts';
import { storeName } from './common.ts';
import { defineStore } from './definition.ts';

const settings = z.object({ kind: z.literal('${id}'), directory: z.string().min(1) });
export type ${type}Settings = z.infer<typeof settings>;

export const ${value} = defineStore({
  id: '${id}',
  label: '${type}',
  help: 'Credentials in JSON files of a directory on this machine.',
  idHelp: 'Name of the file without .json, for example web1.',
  idForm: 'name of the file',
  keeper: 'files of this machine',
  fields: [
    storeName,
    {
      name: 'directory',
      label: 'Directory',
      help: 'Directory on this machine with one JSON file for each credential.',
      kind: 'path',
      required: true,
      max: 4096,
    },
  ],
  settings,
  toFlat: ({ directory }) => ({ directory }),
  fromFlat(flat) {
    const directory = text(flat, 'directory') ?? '';
    checkAbsolute('Directory', directory);
    return { kind: '${id}', directory };
  },
});
`,
  provider: ({
    id,
    value,
    type,
  }) => `import type { ${type}Settings } from '#shared/catalog/credential-stores/${id}.ts';
import { type StoreProvider, sealsNothing } from '../credential-store.ts';
import { make${type}Store } from './${id}.ts';

export const ${value}: StoreProvider<${type}Settings> = {
  make: ({ name, settings, clock }) => make${type}Store(name, settings.directory, clock),
  sealing: sealsNothing,
  watched: false,
};
`,
  adapter: ({ id, type }) => adapter.replaceAll('__ID__', id).replaceAll('__TYPE__', type),
  shape: ({ id }) => `import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStoreState } from '#test/make/store-state.ts';
import { planted, type StoreShape, type StoreVariant, storeAdapter } from '#test/make/store-peers.ts';

export const shape: StoreShape = {
  needs: [],
  remote: false,
  passphrases: true,
  async start(log) {
    const directory = await mkdtemp(join(tmpdir(), 'trustkeep-${id}-'));
    const { username, password, privateKey: privatekey, passphrase } = planted;
    await writeFile(join(directory, 'web.json'), JSON.stringify({ username, password }));
    await writeFile(join(directory, 'key.json'), JSON.stringify({ username, privatekey, passphrase }));
    const state = memoryStoreState();
    return {
      make({ wrongLogin = false }: StoreVariant = {}) {
        const settings = { kind: '${id}', directory: wrongLogin ? join(directory, 'none') : directory } as const;
        return storeAdapter(settings, { state, log, name: 'files' });
      },
      state,
      ids: { password: 'web', key: 'key', unknown: 'nobody', bad: '../web' },
      missing: 'credential.not-found',
      refused: /^credential-store\\.login-refused$/,
      steps: ['log-in'],
      way: null,
      incidents: () => [],
      stop: () => rm(directory, { recursive: true }),
    };
  },
};
`,
};

const adapter = `import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#kit/clock.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import { mapFields } from '../common/fields.ts';
import type { CredentialStore } from '../credential-store.ts';

/** Reads \`<directory>/<id>.json\` at the moment of use; keeps nothing. */
export function make__TYPE__Store(name: string, directory: string, clock: Clock): CredentialStore {
  async function logIn(): Promise<void> {
    await readdir(directory).catch((cause: unknown) => {
      throw new Failure('credential-store.login-refused', \`The directory of "\${name}" cannot be read.\`, {
        hint: 'Check its path, and the rights of the account the agent runs as.',
        cause,
      });
    });
  }

  return {
    description: \`credential store "\${name}" on this machine\`,
    near: true,
    async read(id, signal) {
      signal?.throwIfAborted();
      if (!/^[\\w-][\\w.-]*$/.test(id)) {
        throw new Failure('credential.bad-id', \`"\${id.slice(0, 100)}" cannot be the id of a credential of "\${name}".\`, {
          hint: 'An id has letters, digits, dots and dashes only.',
        });
      }
      await logIn();
      const content = await readFile(join(directory, \`\${id}.json\`), 'utf8').catch((cause: unknown) => {
        throw new Failure('credential.not-found', \`There is no credential "\${id}" in "\${name}".\`, {
          hint: 'Check the id, and that its file may be read.',
          cause,
        });
      });
      return mapFields(parsed(content, id), \`The credential "\${id}" of "\${name}"\`);
    },
    async verify(signal) {
      signal?.throwIfAborted();
      const check = await logIn().then(
        (): ProbeCheck => ({ name: 'log-in', ok: true, sentence: 'The directory can be read.' }),
        (error: unknown): ProbeCheck => ({ name: 'log-in', ok: false, sentence: asFailure(error).message }),
      );
      return { ok: check.ok, checks: [check], at: clock.now() };
    },
    async close() {},
  };
}

function parsed(content: string, id: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    value = null; // the parser's own error quotes the text
  }
  if (typeof value === 'object' && value !== null) return { ...value };
  throw new Failure('credential.unusable', \`The file of the credential "\${id}" is not a JSON object.\`, {
    hint: 'Write username and password into it, or username and privatekey.',
  });
}
`;
