import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificateFingerprint } from '../pki/fingerprint.ts';
import { issueLeaf, issueRoot } from '../pki/issue.ts';
import { generateKey } from '../pki/key.ts';
import { toPem } from '../pki/pem.ts';

/** What the server of a rehearsal is made of. */
export interface RehearsalFiles {
  /** Key and certificate that it serves; the certificate expires tomorrow. */
  pem: string;
  /** Appears when the server is to read its file again. */
  reload: string;
  /** The script that restarts it. */
  restart: string;
  /** SHA-256 of the certificate it begins with. */
  oldFingerprint: string;
  /** From now on the script restarts the server. */
  works(): void;
  /** From now on the script fails. */
  breaks(): void;
}

/** Writes them into an empty folder. */
export async function writeFiles(
  directory: string,
  name: string,
  now: number,
  serial: Uint8Array,
): Promise<RehearsalFiles> {
  const [authority, server] = await Promise.all([generateKey('ec-p256'), generateKey('ec-p256')]);
  const key = { pem: authority.pem, keyType: 'ec-p256' as const };
  const root = issueRoot({
    ...{ commonName: 'Old authority', key, spki: authority.spki },
    ...{ serial, now, days: 30, permittedNames: [] },
  });
  const leaf = issueLeaf({ issuer: root, key, spki: server.spki, names: [name], serial, now, days: 1 });
  const windows = process.platform === 'win32';
  const files = {
    pem: join(directory, 'served'),
    reload: join(directory, 'reload'),
    restart: join(directory, windows ? 'restart.cmd' : 'restart.sh'),
  };
  writeFileSync(files.pem, toPem('CERTIFICATE', leaf) + server.pem.text(), { mode: 0o600 });
  return {
    ...files,
    oldFingerprint: certificateFingerprint(leaf),
    works: () => writeScript(files, true, windows),
    breaks: () => writeScript(files, false, windows),
  };
}

function writeScript(files: { restart: string; reload: string }, works: boolean, windows: boolean): void {
  const touch = windows ? `type nul > "${files.reload}"` : `: > '${files.reload}'`;
  const fail = windows ? '\r\nexit /b 1' : '\nexit 1';
  const body = works ? touch : `echo "the reload is broken on purpose" >&2${fail}`;
  writeFileSync(files.restart, windows ? `@echo off\r\n${body}\r\n` : `#!/bin/sh\n${body}\n`);
  chmodSync(files.restart, 0o700);
}
