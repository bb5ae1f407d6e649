import { type FileHandle, open } from 'node:fs/promises';

const windows = process.platform === 'win32';

/** Opens a file for reading, and closes it whatever happens. */
export async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Sets owner, group (-1: as it is) and mode; owner first: giving a file away clears its set-id bits. Nothing on Windows. */
export async function own(file: FileHandle, uid: number, gid: number, mode: number): Promise<void> {
  if (windows) return;
  if (uid !== -1 || gid !== -1) {
    const now = await file.stat();
    await file.chown(uid === -1 ? now.uid : uid, gid === -1 ? now.gid : gid);
  }
  await file.chmod(mode & 0o7777);
}

/** Everything of `from`, written where `to` stands. */
export async function copyBytes(from: FileHandle, to: FileHandle): Promise<void> {
  const part = Buffer.alloc(64 * 1024);
  for (let at = 0; ; ) {
    const { bytesRead } = await from.read(part, 0, part.length, at);
    if (bytesRead === 0) break;
    await to.writeFile(part.subarray(0, bytesRead));
    at += bytesRead;
  }
  part.fill(0);
}
