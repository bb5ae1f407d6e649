import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { FileState } from '#shared/model/changes/file.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { slugOf } from '../common/on-disk.ts';
import type { Replacement } from '../common/planned-files.ts';
import { statesOf } from '../common/states.ts';
import type { Meaning } from './connectors.ts';
import type { PemFiles, TomcatNode } from './nodes.ts';
import { nodeLabel, sharedBy, strangersOf } from './sharing.ts';
import { type StoreOf, storeOrRefuse } from './stores.ts';
import type { View } from './view.ts';
import { type Splice, withAttribute, withChild, withoutAttribute } from './xml-edit.ts';

/** Where certificate and key go, and what has to change for that. Paths are real ones. */
export interface Destination {
  certificate: string;
  key: string;
  /** A file of the chain beside the certificate, which is written too; null: the whole chain is in the certificate file. */
  chain: string | null;
  edits: Replacement[];
  newDirectories: { path: string; like: string }[];
  warnings: string[];
  /** The key store in which the certificate is replaced: certificate and key are its file; null: they are files in PEM. */
  inStore: StoreOf | null;
  /** Nodes that use the same files. */
  shared: readonly TomcatNode[];
  likeCertificate: FileState | null;
  likeKey: FileState | null;
  /** Of the files that were looked at, by their path. */
  states: ReadonlyMap<string, FileState | null>;
}

/** The files the node has now, or files of its own when others would be given what is meant for it. Throws when there is no way. */
export async function destination(
  connection: HostConnection,
  view: View,
  chosen: TomcatNode,
): Promise<Destination> {
  const { pem, store } = chosen;
  if (pem === null && store === null) return ownFiles(connection, view, chosen, []);
  const shared = sharedBy(view, chosen);
  const strangers = strangersOf(chosen, shared);
  if (strangers.length > 0) {
    const own = await ownFiles(connection, view, chosen, strangers).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'node.not-installable') return null;
      throw error;
    });
    if (own !== null) return own;
  }
  return pem === null
    ? presentStore(storeOrRefuse(store), { shared, strangers })
    : presentFiles(connection, view, pem, { shared, strangers });
}

interface Others {
  shared: TomcatNode[];
  strangers: TomcatNode[];
}

function presentStore(store: StoreOf, { shared, strangers }: Others): Destination {
  const path = store.on.realPath;
  return {
    ...{ certificate: path, key: path, chain: null, inStore: store, edits: [], newDirectories: [], shared },
    ...{ likeCertificate: null, likeKey: null, states: new Map() },
    warnings: strangers.map(
      (other) =>
        `${nodeLabel(other)} uses the same entry and will show the new certificate, which does not necessarily cover its names.`,
    ),
  };
}

async function presentFiles(
  connection: HostConnection,
  view: View,
  pem: PemFiles,
  { shared, strangers }: Others,
): Promise<Destination> {
  const { real } = view;
  const [certificate, key] = [real(pem.certificate), real(pem.key)];
  const chain = pem.chain === null ? null : real(pem.chain);
  const { likeCertificate, likeKey, states } = await likeNow(connection, view, [certificate, key], false);
  return {
    ...{ certificate, key, chain: chain === certificate ? null : chain },
    ...{ inStore: null, edits: [], newDirectories: [], shared, likeCertificate, likeKey },
    warnings: strangers.map(
      (other) =>
        `${nodeLabel(other)} uses the same file and will show the new certificate, which does not necessarily cover its names.`,
    ),
    states,
  };
}

/**
 * What new files take after: the present ones. A key where none is there is open to whom `server.xml` is, which Tomcat reads. `inStore`: they
 * are a key store, which a password protects and the key beside it nothing.
 */
async function likeNow(connection: HostConnection, view: View, paths: readonly string[], inStore: boolean) {
  const found = await statesOf(connection, paths);
  const [likeCertificate = null, present = null] = found;
  const { real, configuration, place } = view;
  const [config = null] = present === null ? await statesOf(connection, [real(configuration.path)]) : [];
  return {
    likeCertificate,
    likeKey: present !== null && !inStore ? present : closed(present ?? config, place),
    states: new Map(paths.map((path, at) => [path, found[at] ?? null])),
  };
}

/** Never open to everyone: where all may read a file, the key is for the user that Tomcat runs as alone. */
function closed(state: FileState | null, { running }: View['place']): FileState | null {
  if (state === null || state.ownership.system !== 'posix') return null;
  const { owner, mode } = state.ownership;
  if ((mode & 0o007) === 0) return state;
  const rights = { owner: running?.user || owner, mode: 0o600, acl: null };
  return { ...state, ownership: { ...state.ownership, ...rights } };
}

/** Files for this node alone, in a directory of ours beside those it has now, or in `conf`, and the edit that names them. `node.not-installable`. */
async function ownFiles(
  connection: HostConnection,
  view: View,
  chosen: TomcatNode,
  strangers: readonly TomcatNode[],
): Promise<Destination> {
  const present = chosen.node.certificatePath;
  const home = posix.dirname(view.real(present ?? view.configuration.path));
  const directory = posix.join(home, 'trustkeep');
  const name = slugOf(chosen.node);
  const certificate = posix.join(directory, `${name}.crt`);
  const key = posix.join(directory, `${name}.key`);
  const splices = namingEdits(view, chosen, { certificate, key });
  if (splices === null)
    throw new Failure(
      'node.not-installable',
      `${nodeLabel(chosen)} cannot be given files of its own, because its configuration cannot be edited in one place: it is in an entity, in a file that is included more than once, or in an encoding such as UTF-16.`,
      {
        hint: 'Write its Certificate element into server.xml itself, with certificateFile and certificateKeyFile.',
      },
    );
  const { pem, node } = chosen;
  const like = pem === null ? [node.keyPath, node.keyPath] : [pem.certificate, pem.key];
  const { likeCertificate, likeKey } = await likeNow(
    connection,
    view,
    like.filter((path) => path !== null).map(view.real),
    pem === null,
  );
  const isNew = (await connection.stat(directory)) === null;
  return {
    ...{ certificate, key, chain: null, inStore: null, likeCertificate, likeKey },
    edits: splices.map(replacementOf),
    newDirectories: isNew ? [{ path: directory, like: home }] : [],
    warnings:
      strangers.length === 0
        ? []
        : [
            `The current files are also used by ${strangers.map(nodeLabel).join(', ')}, so this node gets its own files.`,
          ],
    shared: [],
    states: new Map(),
  };
}

/** The smallest change that makes the configuration name these files. Null: it cannot be done for this node alone. */
function namingEdits(
  { configuration: { document } }: View,
  { certificate, host, connector }: TomcatNode,
  files: { certificate: string; key: string },
): Splice[] | null {
  const { holder, attributes } = certificate;
  const wanted = { certificateFile: files.certificate, certificateKeyFile: files.key };
  if (holder === null) {
    const child =
      host.element === null
        ? withChild(document, connector.element, ['SSLHostConfig', 'Certificate'], wanted)
        : withChild(document, host.element, ['Certificate'], wanted);
    return child === null ? null : [child];
  }
  const gone = [...attributes].filter(([meaning]) => goes.has(meaning));
  const edits = [
    withAttribute(
      document,
      holder,
      attributes.get('certificateFile') ?? certificateName(holder.name),
      files.certificate,
    ),
    withAttribute(document, holder, attributes.get('keyFile') ?? keyName(holder.name), files.key),
    ...gone.map(([meaning, name]) => withoutAttribute(document, holder, name, /Password$/.test(meaning))),
  ].filter((edit) => edit !== undefined);
  return edits.some((edit) => edit === null) ? null : edits.filter((edit) => edit !== null);
}

/** What has no meaning beside certificate and key in PEM with the whole chain, or would have Tomcat refuse them. */
const goes: ReadonlySet<Meaning> = new Set([
  'chainFile',
  'keyPassword',
  'keyPasswordFile',
  'storeFile',
  'storeType',
  'storePassword',
  'storePasswordFile',
  'storeProvider',
  'alias',
]);

const certificateName = (holder: string): string =>
  holder === 'Connector' ? 'SSLCertificateFile' : 'certificateFile';
const keyName = (holder: string): string =>
  holder === 'Connector' ? 'SSLCertificateKeyFile' : 'certificateKeyFile';

function replacementOf({ path, start, end, text, line, before, after }: Splice): Replacement {
  return { file: path, start, end, text, shown: { path, line, before, after } };
}
