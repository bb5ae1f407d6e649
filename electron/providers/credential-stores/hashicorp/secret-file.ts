import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import { cleanText } from './login.ts';

/** Gives the bytes of the file, at most `limit` of them and one more; rejects as `node:fs` does. */
export type ReadSecretFile = (path: string, limit: number) => Promise<Buffer>;

/** SecretIDs and tokens have some 40 to some hundred characters. */
const longest = 8192;

/** The one word in the file, without the line end that editors leave. Rejects with `credential-store.secret-file`. */
export async function secretInFile(path: string, read: ReadSecretFile): Promise<Secret> {
  const bytes = await read(path, longest).catch((thrown: unknown) => {
    throw unreadable(path, thrown);
  });
  if (bytes.length > longest) throw fileFailure(`The secret file ${path} is too large for a SecretID.`);
  const text = bytes.toString('utf8');
  bytes.fill(0);
  if (text.trim() === '')
    throw fileFailure(
      `The secret file ${path} is empty.`,
      'Trustkeep will read it again automatically once it has content.',
      'later',
    );
  const clean = cleanText(text.replace(/^\uFEFF/, ''));
  if (clean === null) throw fileFailure(`The secret file ${path} does not contain exactly one SecretID.`);
  return Secret.of(clean);
}

function unreadable(path: string, cause: unknown): Failure {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return fileFailure(
        `The secret file ${path} does not exist.`,
        'Check the path, and that the program that writes the file has run. Trustkeep will read it again automatically.',
        'later',
        cause,
      );
    case 'EACCES':
    case 'EPERM':
      return fileFailure(
        `The account that Trustkeep runs as is not allowed to read the secret file ${path}.`,
        'Allow only that account to read the file.',
        'needs-person',
        cause,
      );
    case 'EISDIR':
      return fileFailure(`The secret file ${path} is not a regular file.`, usual, 'needs-person', cause);
    default:
      return fileFailure(`The secret file ${path} could not be read.`, usual, 'later', cause);
  }
}

const usual = 'Use the path of a file that contains only the SecretID, or the token it is wrapped in.';

function fileFailure(
  sentence: string,
  hint = usual,
  retry: 'later' | 'needs-person' = 'needs-person',
  cause?: unknown,
): Failure {
  return new Failure('credential-store.secret-file', sentence, { hint, retry, cause });
}
