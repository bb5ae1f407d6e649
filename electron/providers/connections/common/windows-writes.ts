import { randomBytes } from 'node:crypto';
import type { NewContent, NewFile } from '../connection.ts';
import { bytesOf, sumOfBytes } from './new-content.ts';

/** What `write.ps1` is given of each file, and the content of all; whoever sent the content wipes it. */
export function newFiles(files: readonly NewFile[]) {
  const parts = files.map(({ content }) => partsOf(content));
  const parameters = files.map(({ path, options }, at) => ({
    path,
    before: parts[at]?.before.length ?? 0,
    after: parts[at]?.after.length ?? 0,
    onHost: parts[at]?.onHost ?? null,
    sha256: parts[at]?.sha256 ?? '',
    // what others may not read where there are modes is not for those either who may read the directory
    private: options.hidesNothing !== true && (options.mode & 0o004) === 0,
    owner: options.owner === undefined || options.owner === 'unknown' ? null : options.owner,
    sddl: options.acl === undefined || options.acl === '' ? null : options.acl,
    random: randomBytes(8).toString('hex'),
  }));
  return { parameters, content: Buffer.concat(parts.flatMap(({ before, after }) => [before, after])) };
}

function partsOf(content: NewContent) {
  if (!('onHost' in content)) {
    const before = bytesOf(content);
    return { before, after: new Uint8Array(), onHost: null, sha256: sumOfBytes(before) };
  }
  const { onHost, sha256 } = content;
  return { before: bytesOf(content.before), after: bytesOf(content.after), onHost, sha256 };
}
