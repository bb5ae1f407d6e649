import type { Files } from './family.ts';

/** The least real endpoint type: one file with certificate and key, which whoever serves it reads by itself. */
export const endpointFiles: Files = {
  definition: ({ id, value, type }) => `import { z } from 'zod';
import { connectionFields, whenHere } from '../connections/fields.ts';
import { text } from '../flat.ts';
import { nameField, policyFields } from './common.ts';
import { defineEndpoint } from './definition.ts';

const settings = z.object({ type: z.literal('${id}'), path: z.string().min(1) });
export type ${type}Settings = z.infer<typeof settings>;

export const ${value} = defineEndpoint({
  id: '${id}',
  label: '${type}',
  help: 'A file with certificate and private key that another program serves.',
  fields: [
    nameField,
    {
      name: 'path',
      label: 'Path',
      help: 'Path to the file with certificate and private key. It must already exist.',
      kind: 'path',
      ownFile: whenHere,
      required: true,
      min: 1,
      max: 4096,
    },
    ...connectionFields(({ kind }) => kind === 'host'),
    ...policyFields,
  ],
  settings,
  toFlat: ({ path }) => ({ path }),
  fromFlat: (flat) => ({ type: '${id}', path: text(flat, 'path') ?? '' }),
});
`,
  provider: ({
    id,
    value,
    type,
  }) => `import type { ${type}Settings } from '#shared/catalog/endpoints/${id}.ts';
import type { EndpointProvider } from '../endpoint.ts';
import { ${type}Endpoint } from './${id}.ts';

export const ${value}: EndpointProvider<${type}Settings> = {
  make: (settings, connection, tools) => new ${type}Endpoint(settings, connection, tools),
};
`,
  shape: ({ id }) => `import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type EndpointShape, filesOfOthers, newLeaf } from '#test/make/endpoints.ts';

export const shape: EndpointShape = {
  everything: { type: '${id}', path: '/x.pem' },
  needs: ['openssl'],
  cases: {
    '${id}, one file': {
      async make() {
        const old = newLeaf();
        const dir = await filesOfOthers({ 'site.pem': old.keyPem + old.chainPem });
        const settings = { type: '${id}', path: join(dir, 'site.pem') } as const;
        return { dir, settings, nodeKey: 'file', old, stop: () => rm(dir, { recursive: true, force: true }) };
      },
      also: [],
    },
  },
};
`,
  adapter: ({ id, type }) => adapter.replaceAll('__ID__', id).replaceAll('__TYPE__', type),
};

const adapter = `import type { __TYPE__Settings } from '#shared/catalog/endpoints/__ID__.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { compose, compositionWarnings, readComposition } from '../common/composition.ts';
import type { Piece } from '../common/content.ts';
import { FileEndpoint } from '../common/file-endpoint.ts';
import { refuseLostRights } from '../common/kept-rights.ts';
import { canMakeKeysIn, unwritable } from '../common/keys.ts';
import { refuseMounted } from '../common/mounts.ts';
import { basename, dirname } from '../common/paths.ts';
import { readPemFiles } from '../common/read-pem.ts';
import { fileFacts, Remembered } from '../common/remembers.ts';
import { openToAll, stateOf } from '../common/states.ts';
import type { EndpointTools } from '../common/tools.ts';
import type { Material, Restarted } from '../endpoint.ts';

const nodeKey = 'file';
const remembers = new Remembered('__ID__', 1, fileFacts);

/** One node: a file with certificate and key. */
export class __TYPE__Endpoint extends FileEndpoint {
  readonly #path: string;

  constructor({ path }: __TYPE__Settings, connection: HostConnection, tools: EndpointTools) {
    super(connection, tools);
    this.#path = path;
  }

  async probe(begins?: (check: CheckName) => void): Promise<ProbeReport> {
    const { description, credentialUsed } = this.connection;
    const connected: ProbeCheck = { name: 'connect', ok: true, sentence: \`Connected: \${description}, \${credentialUsed}.\` };
    const checks = [connected, ...(await Promise.all([this.#check('file', begins), this.#check('write', begins)]))];
    return { ok: checks.every(({ ok }) => ok), version: null, checks, at: this.tools.clock.now() };
  }

  async #check(name: 'file' | 'write', begins?: (check: CheckName) => void): Promise<ProbeCheck> {
    begins?.(name);
    try {
      const { realPath } = await this.#view();
      const locked = name === 'write' ? await unwritable(this.connection, [dirname(realPath)]) : null;
      if (locked !== null) throw new Failure('endpoint.denied', \`The account used cannot write to \${locked}.\`);
      return { name, ok: true, sentence: name === 'file' ? 'The file is there.' : 'The file may be replaced.' };
    } catch (error) {
      return { name, ok: false, sentence: asFailure(error).message };
    }
  }

  /** The file as it is now. \`file.missing\` when it cannot be read. */
  async #view() {
    const path = this.#path;
    const found = (await readPemFiles(this.connection, [path])).get(path);
    if (typeof found?.text !== 'string') {
      throw new Failure('file.missing', \`The file \${path} cannot be read on \${this.connection.description}.\`, {
        hint: 'Check the path, and the rights of the account used.',
      });
    }
    const composition = readComposition(found.text);
    const [leaf] = composition.certificates;
    const facts = leaf === undefined ? null : readCertificate(leaf);
    const usable = facts !== null && composition.hasKey && !composition.keyIsEncrypted;
    const whyNot = usable ? null : \`The file \${path} does not contain both a certificate and a readable private key.\`;
    return { realPath: found.realPath, composition, facts, whyNot };
  }

  async nodes(): Promise<DiscoveredNode[]> {
    const { facts, composition, whyNot } = await this.#view();
    const names = facts?.names ?? [];
    return [
      {
        key: nodeKey,
        name: basename(this.#path),
        alias: names[0] ?? null,
        protocol: 'https',
        bindings: [],
        serverNames: names,
        certificatePath: this.#path,
        keyPath: this.#path,
        webRoot: null,
        certificate: facts,
        chainPem: composition.certificates.join('') || null,
        notInstallable: whyNot,
        place: this.#path,
        managedBy: null,
      },
    ];
  }

  async plan(key: string): Promise<InstallPlan> {
    if (key !== nodeKey) throw new Failure('node.missing', \`There is one node, "\${nodeKey}", and no "\${key}".\`);
    const { realPath, composition, facts, whyNot } = await this.#view();
    if (whyNot !== null) throw new Failure('node.not-installable', whyNot);
    const before = await stateOf(this.connection, realPath);
    if (before === null) throw new Failure('node.missing', \`The file \${realPath} no longer exists.\`);
    const after = { sha256: null, ownership: before.ownership };
    const file: FileChange = { kind: 'file', path: realPath, holds: 'certificate-and-key', before, after };
    await refuseMounted(this.connection, [file]);
    const lost = await refuseLostRights(this.connection, [file]);
    return {
      nodeKey,
      changes: [file],
      standsOn: this.#path === realPath ? [] : [{ what: 'link', name: this.#path, leadsTo: realPath }],
      remembers: remembers.write({
        keepDir: dirname(realPath),
        keyName: basename(realPath),
        previousFingerprint: facts?.fingerprint ?? null,
      }),
      shares: null,
      proofs: [],
      warnings: [...compositionWarnings(this.#path, composition), ...openToAll(file), ...lost],
    };
  }

  protected remembered(plan: InstallPlan) {
    return remembers.read(plan);
  }

  protected async piecesFor(_file: FileChange, { chainPem, key }: Material): Promise<Piece[]> {
    const { composition } = await this.#view();
    return compose(composition, certificatesOf(chainPem), key.where === 'endpoint' ? { onEndpoint: key.path } : key.pem);
  }

  protected async directories(): Promise<string[]> {
    return [dirname((await this.#view()).realPath)];
  }

  async canMakeKeys(): Promise<{ yes: boolean; why: string }> {
    return canMakeKeysIn(this.connection, await this.directories());
  }

  /** Whoever serves the file notices by itself. */
  async restart(): Promise<Restarted> {
    return { settled: false };
  }
}
`;
