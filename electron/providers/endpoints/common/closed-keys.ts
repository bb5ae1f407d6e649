import type { FileChange } from '#shared/model/changes/file.ts';
import { readComposition } from './composition.ts';

/** How the present key is read: null where it was not. */
interface Known {
  real(path: string): string;
  text(realPath: string): string | null;
}

/**
 * The planned files where the present key, at `keyPath`, is under a pass phrase: everyone could read it and had nothing. The new one has
 * none, so that it is open to everyone no longer. Left alone where an access control list says who can read it.
 */
export function closedKeys(
  files: readonly FileChange[],
  { real, text }: Known,
  keyPath: string | null | undefined,
): FileChange[] {
  const present = typeof keyPath === 'string' ? text(real(keyPath)) : null;
  if (present === null || !readComposition(present).keyIsEncrypted) return [...files];
  return files.map((file) => {
    const { ownership } = file.after;
    const hasKey = file.holds === 'private-key' || file.holds === 'certificate-and-key';
    if (!hasKey || ownership.system !== 'posix' || (ownership.acl ?? '') !== '') return file;
    const mode = ownership.mode & ~0o007;
    return { ...file, after: { ...file.after, ownership: { ...ownership, mode } } };
  });
}
