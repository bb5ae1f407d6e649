import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { AuthorityState } from '../authority.ts';
import { externalBinding, type Signer } from './jws.ts';
import type { Directory } from './wire.ts';

interface BindingParts {
  settings: AcmeSettings;
  state: AuthorityState;
  directory: Directory;
  signer: Signer;
  ca: string;
}

/** What binds a new account to the one at the CA's own site; null when none is set and none is required. */
export function bindingFor({ settings, state, directory, signer, ca }: BindingParts): object | null {
  const hmacKey = state.secret('eab-hmac');
  if (settings.eabKeyId !== null && hmacKey !== null) {
    const macKey = decodeHmacKey(hmacKey.text());
    const bound = externalBinding(signer.jwk, directory.newAccount, settings.eabKeyId, macKey);
    macKey.fill(0);
    return bound;
  }
  if (directory.meta?.externalAccountRequired !== true) return null;
  throw new Failure('acme.eab-needed', `The CA ${ca} requires an external account binding.`, {
    hint: 'Get an EAB key ID and HMAC key from the CA and set both for the authority (eab_key_id, eab_hmac_key).',
  });
}

/**
 * CAs show the key as base64url or as base64, with or without padding; both alphabets decode alike.
 * @internal
 */
export function decodeHmacKey(text: string): Buffer {
  const plain = text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (plain !== '' && /^[A-Za-z0-9+/]+$/.test(plain) && plain.length % 4 !== 1)
    return Buffer.from(plain, 'base64');
  throw new Failure('acme.eab-key-unreadable', 'The EAB HMAC key is neither base64 nor base64url.', {
    hint: 'Copy the HMAC key again, exactly as the CA shows it.',
  });
}

/** Sectigo and others bind one account per EAB pair; asking again gives the same answer for ever. */
export function eabUsed(thrown: unknown, ca: string): Failure | null {
  const failure = asFailure(thrown);
  if (!/not awaiting external account binding/i.test(failure.peerSaid ?? '')) return null;
  return new Failure(
    'acme.eab-used',
    `The external account binding for the CA ${ca} has already been used.`,
    {
      hint: 'Get a new EAB key ID and HMAC key from the CA and set both for the authority.',
      peerSaid: failure.peerSaid,
      cause: failure,
    },
  );
}
