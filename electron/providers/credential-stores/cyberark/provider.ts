import type { CyberarkSettings } from '#shared/catalog/credential-stores/cyberark.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, text } from '#shared/catalog/flat.ts';
import { readPfx } from '../../../pki/read-pfx.ts';
import { Secret } from '../../../secrets/secret.ts';
import {
  type ReadKeyFile,
  type SecretUpdates,
  type StoreProvider,
  storeSecrets,
} from '../credential-store.ts';
import { CyberarkStore } from './cyberark.ts';

const { clientCertificate, clientKey } = storeSecrets;

export const cyberark: StoreProvider<CyberarkSettings> = {
  make: ({ id, settings, state, http, clock, log }) =>
    new CyberarkStore({ id, settings, state, http: http(), clock, log }),
  sealing: {
    fields: { authcert: { names: [clientCertificate, clientKey] } },
    take: takeCertificate,
    onlyCopy: null,
  },
  watched: false,
};

/** The certificate is read once, here. */
async function takeCertificate(flat: Flat, updates: SecretUpdates, readFile: ReadKeyFile): Promise<void> {
  const path = text(flat, 'authcert');
  if (path === null) return;
  checkAbsolute('Authentication certificate', path);
  const file = await readFile(path, 'client certificate');
  const password = text(flat, 'certpass');
  const passphrase = password === null ? null : Secret.of(password);
  try {
    const { certificatePem, keyPem } = await readPfx(file.bytes(), passphrase);
    updates.set(clientCertificate, Secret.of(certificatePem));
    updates.set(clientKey, keyPem);
  } finally {
    file.wipe();
    passphrase?.wipe();
  }
}
