import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { authorityDefinition } from '#shared/model/authority.ts';
import type { WebRoot } from '../../providers/authorities/authority.ts';
import type { StepContext } from './step.ts';

/**
 * http-01 by file: below the web root named at the authority, else the node's own. Null when there is neither or the
 * authority validates in another way. Connects only when the authority really puts a file.
 */
export function webRootOf(context: StepContext): WebRoot | null {
  const node = context.node();
  const authority = context.tools.database.orders.ofTask(context.task.id)?.authorityId;
  const settings =
    authority === undefined ? undefined : context.tools.database.authorities.get(authority)?.settings;
  const wanted = settings === undefined ? null : authorityDefinition(settings).webRoot(settings);
  const root = wanted === null ? null : (wanted.named ?? node.webRoot);
  if (root === null) return null;
  return {
    async put(path, content) {
      const { connection } = await context.tools.openConnection();
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
      const { connection } = await context.tools.openConnection();
      await connection.remove(below(root, path));
    },
  };
}

function below(root: string, path: string): string {
  if (path.includes('..') || !path.startsWith('/')) throw new Error('not a path below a web root');
  return `${root.replace(/\/+$/, '')}${path}`;
}
