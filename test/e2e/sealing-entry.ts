/** Opens, in whatever runtime it is started, what another runtime sealed: JSON of `Sealed` on standard input. */
import { readFileSync } from 'node:fs';
import { Envelope } from '../../electron/secrets/envelope.ts';
import { openHeader, openPiece, readHeader, sealPiece } from '../../electron/secrets/passphrase-stream.ts';
import { Secret } from '../../electron/secrets/secret.ts';

export interface Sealed {
  dataKey: string;
  storeUuid: string;
  direct: string;
  sealed: string;
  wrapped: string;
  header: string;
  piece: string;
  passphrase: string;
}

export const place = { owner: 'cr_0', name: 'password' };
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

export async function answer(given: Sealed): Promise<Record<string, unknown>> {
  const envelope = new Envelope(bytes(given.dataKey), given.storeUuid);
  const next = new Envelope(Buffer.alloc(32, 9), given.storeUuid);
  const wrapped = bytes(given.wrapped);
  next.follow(new Envelope(bytes(given.dataKey), given.storeUuid));
  const again = next.rewrap({ ...place, wrapped });
  next.forgetBefore();
  const header = readHeader(bytes(given.header));
  if (typeof header === 'string') throw new Error(header);
  const keys = await openHeader(Secret.of(given.passphrase), header);
  if (keys === null) throw new Error('the passphrase does not open it');
  return {
    direct: envelope.open(place, bytes(given.direct)).text(),
    row: envelope.openRow(place, { sealed: bytes(given.sealed), wrapped }).text(),
    rewrapped: next.openRow(place, { sealed: bytes(given.sealed), wrapped: again }).text(),
    piece: openPiece(keys, header, 0, bytes(given.piece))?.toString(),
    sealedPiece: sealPiece(keys, header, 0, Buffer.from('a text')).toString('hex'),
    mark: envelope.mark.toString('hex'),
  };
}

if (process.argv[2] === 'answer') {
  const given = JSON.parse(readFileSync(0, 'utf8')) as Sealed;
  process.stdout.write(JSON.stringify({ runtime: process.versions.electron, ...(await answer(given)) }));
}
