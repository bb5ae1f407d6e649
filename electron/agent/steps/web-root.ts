import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { WebRoot } from '../../providers/authorities/authority.ts';
import { answersRequests, type Connection } from '../../providers/connections/connection.ts';
import { orderedFrom } from './ordered-from.ts';
import type { StepContext } from './step.ts';

/**
 * http-01 by file: below the web root named at the authority, else the node's own; null: neither is known. Undefined when
 * the authority validates in another way. For the plan: what is not in it is not approved.
 */
export function webRootFor(
  { settings }: Pick<Authority, 'settings'>,
  node: EndpointNode,
): string | null | undefined {
  const wanted = authorityDefinition(settings).webRoot(settings);
  return wanted === null ? undefined : (wanted.named ?? node.webRoot);
}

/** Where the plan has challenge files put. Null: nowhere. Connects only when the authority really puts a file. */
export function webRootOf(context: StepContext): WebRoot | null {
  const root = plannedRoot(context);
  if (root === null) return null;
  return webRootAt(root, async () => (await context.tools.openConnection()).connection);
}

/** Below that directory of the host, over a connection that is opened when it is used. */
export function webRootAt(root: string, connect: () => Promise<Connection>): WebRoot {
  return {
    async put(path, content) {
      const connection = hostOf(await connect());
      const file = below(root, path);
      const directory = file.slice(0, file.lastIndexOf('/'));
      const made = await connection.exec({
        argv: ['mkdir', '-p', '-m', '0755', directory],
        timeoutMs: 15_000,
      });
      if (made.code !== 0)
        throw new Failure(
          'web-root.denied',
          `The directory ${directory} could not be created on ${connection.description}.`,
          {
            hint: 'Check the web root and the permissions of the user that connects.',
            peerSaid: peerTail(made.stderr.toString()),
          },
        );
      await connection.write(file, Buffer.from(content), { mode: 0o644 });
    },
    async remove(path) {
      const connection = hostOf(await connect());
      await connection.remove(below(root, path));
    },
  };
}

function hostOf(connection: Connection): Exclude<Connection, { kind: 'requests' }> {
  if (!answersRequests(connection)) return connection;
  throw new Failure('web-root.denied', `No files can be put on ${connection.description} for http-01.`, {
    hint: 'Use an authority that validates in another way: dns-01, or an answering address of this machine.',
  });
}

/** The directory of `webRootOf`. Null: nowhere. */
export function plannedRoot(context: StepContext): string | null {
  const from = orderedFrom(context);
  const authority = context.tools.database.authorities.get(from.id);
  if (authority === null) return null;
  const now = webRootFor(authority, context.node());
  if (now === undefined) return null;
  // plans of earlier versions do not say it
  return from.webRoot === undefined ? now : from.webRoot;
}

/** RFC 8555 8.3: nothing else of a web root is written or removed, whatever an adapter asks for. */
const challengeFile = /^\/\.well-known\/acme-challenge\/[A-Za-z0-9_-]+$/;

function below(root: string, path: string): string {
  if (!challengeFile.test(path)) throw new Error('not a challenge file below a web root');
  return `${root.replace(/\/+$/, '')}${path}`;
}
