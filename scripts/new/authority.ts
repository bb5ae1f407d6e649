import type { Files } from './family.ts';

/** The least real authority: a program of this machine that is given a CSR and prints the certificate. */
export const authorityFiles: Files = {
  definition: ({ id, value, type }) => `import { z } from 'zod';
import { checkAbsolute, text } from '../flat.ts';
import { authorityName, isDefault } from './common.ts';
import { defineAuthority } from './definition.ts';

const settings = z.object({ kind: z.literal('${id}'), program: z.string().min(1) });
export type ${type}Settings = z.infer<typeof settings>;

export const ${value} = defineAuthority({
  id: '${id}',
  label: '${type} authority',
  short: '${type}',
  help: 'A program on this machine that signs certificate requests.',
  ordering: 'A program on this machine signs the request.',
  fields: [
    authorityName,
    {
      name: 'program',
      label: 'Program',
      help: 'Path of the program; its argument is the CSR (DER, base64), it prints the chain as PEM.',
      kind: 'path',
      ownFile: 'always',
      required: true,
      max: 4096,
    },
    isDefault,
  ],
  settings,
  toFlat: ({ program }) => ({ program }),
  fromFlat(flat) {
    const program = text(flat, 'program') ?? '';
    checkAbsolute('Program', program);
    return { kind: '${id}', program };
  },
  place: ({ program }) => program,
});
`,
  provider: ({
    id,
    value,
    type,
  }) => `import type { ${type}Settings } from '#shared/catalog/authorities/${id}.ts';
import type { AuthorityProvider } from '../authority.ts';
import { make${type}Authority } from './${id}.ts';

export const ${value}: AuthorityProvider<${type}Settings> = { make: make${type}Authority };
`,
  adapter: ({ id, type }) => `import { access, constants } from 'node:fs/promises';
import { z } from 'zod';
import type { ${type}Settings } from '#shared/catalog/authorities/${id}.ts';
import { Failure } from '#shared/failure.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { Authority, AuthorityProvider, OrderHandle } from '../authority.ts';

type Parts = Parameters<AuthorityProvider<${type}Settings>['make']>[0];

const timeoutMs = 60_000;
const handle = z.object({ chainPem: z.string() });

/** It answers at once: an order is issued or refused when it is placed. */
export function make${type}Authority({ settings, runScript }: Parts): Authority {
  const { program } = settings;

  async function signed(csr: Buffer): Promise<string> {
    const { code, stdout } = await runScript([program, csr.toString('base64')], timeoutMs);
    const chainPem = code === 0 ? certificatesOf(stdout.toString()).join('') : '';
    if (chainPem !== '') return chainPem;
    throw new Failure('authority.refused', \`The program \${program} ended with code \${code} and gave no certificate.\`, {
      hint: 'Run it by hand and see what it says.',
    });
  }

  return {
    async submit({ csr }, known, { remember }) {
      if (known !== null) return known;
      const placed: OrderHandle = { chainPem: await signed(csr) };
      remember(placed);
      return placed;
    },
    poll: async () => ({ state: 'ready' }),
    collect: async (placed) => handle.parse(placed).chainPem,
    cleanUp: async () => [],
    async test() {
      const ok = await access(program, constants.X_OK).then(
        () => true,
        () => false,
      );
      const sentence = \`The program \${program} \${ok ? 'can' : 'cannot'} be run.\`;
      return { ok, checks: [{ name: 'program', ok, sentence }], profiles: {} };
    },
  };
}
`,
  shape: ({ id }) => `import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthorityShape, authorityAdapters } from '#test/make/authority-peers.ts';
import { makeCa } from '#test/make/certificates.ts';

export const shape: AuthorityShape = {
  everything: [{ kind: '${id}', program: '/usr/bin/sign' }],
  needs: ['openssl'],
  async start() {
    const directory = await mkdtemp(join(tmpdir(), 'trustkeep-${id}-'));
    const at = (name: string) => join(directory, name);
    const ca = makeCa();
    await writeFile(at('ca.pem'), ca.certPem);
    await writeFile(at('ca.key'), ca.keyPem);
    await writeFile(at('log'), '');
    const sign = \`openssl x509 -req -inform DER -copy_extensions copy -CA ca.pem -CAkey ca.key -days 30\`;
    const lines = ['#!/bin/sh', \`cd '\${directory}'\`, '[ ! -e shut ] || exit 1', 'echo x >> log'];
    await writeFile(at('sign'), [...lines, \`echo "$1" | base64 -d | \${sign}\`, ''].join('\\n'), { mode: 0o755 });
    const { make, close } = authorityAdapters({ kind: '${id}', program: at('sign') });
    return {
      make,
      refused() {
        writeFileSync(at('shut'), '');
        return ['elsewhere.example'];
      },
      placed: () => readFileSync(at('log'), 'utf8').length,
      async stop() {
        await close();
        await rm(directory, { recursive: true });
      },
    };
  },
};
`,
};
