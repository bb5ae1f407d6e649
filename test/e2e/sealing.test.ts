import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exec } from '#kit/exec.ts';
import { type Bundle, bundle } from '#test/make/bundle.ts';
import { Envelope } from '../../electron/secrets/envelope.ts';
import { newHeader, sealPiece } from '../../electron/secrets/passphrase-stream.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { findElectron } from '../../scripts/find-electron.ts';
import { answer, place, type Sealed } from './sealing-entry.ts';

const electron = await findElectron();

describe.skipIf(electron === null)('what the service sealed (needs an Electron)', () => {
  let built: Bundle;
  beforeAll(async () => {
    built = await bundle('test/e2e/sealing-entry.ts');
  });
  afterAll(() => built.remove());

  test('The desktop, with another library for cryptography, opens and wraps anew just the same', async () => {
    const envelope = new Envelope(Buffer.alloc(32, 7), '00000000-0000-4000-8000-000000000000');
    const value = Secret.of('grün and 1 KiB '.repeat(64));
    const passphrase = 'correct horse bättery';
    const { header, keys } = await newHeader(Secret.of(passphrase), 6);
    const row = envelope.sealRow(place, value);
    const given: Sealed = {
      dataKey: Buffer.alloc(32, 7).toString('hex'),
      storeUuid: '00000000-0000-4000-8000-000000000000',
      direct: envelope.seal(place, value).toString('hex'),
      sealed: row.sealed.toString('hex'),
      wrapped: row.wrapped.toString('hex'),
      header: header.bytes.toString('hex'),
      piece: sealPiece(keys, header, 0, Buffer.from('a text')).toString('hex'),
      passphrase,
    };
    const { code, stdout, stderr } = await exec({
      argv: [electron?.executable ?? '', built.path, 'answer'],
      env: { PATH: process.env.PATH ?? '', ELECTRON_RUN_AS_NODE: '1' },
      stdin: Buffer.from(JSON.stringify(given)),
      timeoutMs: 60_000,
    });
    expect({ code, said: stderr.toString() }).toMatchObject({ code: 0 });
    const { runtime, ...said } = JSON.parse(stdout.toString());
    expect(runtime).toBe(electron?.version);
    expect(said).toEqual(await answer(given));
    expect(said).toMatchObject({ row: value.text(), rewrapped: value.text(), piece: 'a text' });
  });
});
