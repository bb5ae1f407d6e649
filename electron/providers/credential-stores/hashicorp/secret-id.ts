import type { Log } from '#kit/log.ts';
import type { HashicorpAuth } from '#shared/catalog/credential-stores/hashicorp.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import { type StoreKeep, storeSecrets } from '../credential-store.ts';
import { cleanText, markOf, noSecret } from './login.ts';
import { type ReadSecretFile, secretInFile } from './secret-file.ts';
import { makeSpent } from './spent.ts';
import { type Unwrap, wrappingUsed } from './unwrap.ts';

interface GivenSecretId {
  secretId: Secret;
  /** For people, whole sentences. */
  remarks: string[];
}

/** Where the SecretID comes from. Not safe concurrently: the session asks once at a time. */
export interface SecretIdSource {
  /** Unwraps when it must, and has then sealed what was inside before it resolves. */
  get(): Promise<GivenSecretId>;
  /** Something else was given than at the last `get`. What cannot be read now is no change. */
  changed(): Promise<boolean>;
  /** There is a wrapping token that was not opened yet: it lives for minutes, as a rule. */
  perishable(): Promise<boolean>;
}

interface SecretIdParts {
  auth: Exclude<HashicorpAuth, { type: 'Token' }>;
  who: string;
  keep: StoreKeep;
  unwrap: Unwrap;
  readFile: ReadSecretFile;
  log: Log;
}

export function makeSecretIdSource(parts: SecretIdParts): SecretIdSource {
  const { auth, who, keep } = parts;
  const spent = makeSpent(keep);
  let last: string | null = null;
  let unsealed: { secretId: Secret; mark: string } | null = null;

  /** What was given from outside: the file's word, or the sealed wrapping token, or nothing new. */
  async function given(): Promise<Secret | null> {
    if (auth.type === 'AppRoleFile') return secretInFile(auth.secretFile, parts.readFile);
    return keep.secret(auth.wrapped ? storeSecrets.wrappingToken : storeSecrets.secretId);
  }

  /** Null when there is nothing, or nothing that can be read now. */
  async function markGiven(): Promise<string | null> {
    try {
      const secret = await given();
      const text = secret === null ? null : cleanText(secret.text());
      return text === null ? null : markOf(Secret.of(text));
    } catch {
      return null;
    }
  }

  function kept(): Secret | null {
    const secret = keep.secret(storeSecrets.secretId);
    return secret === null ? null : clean(secret, 'SecretID');
  }

  function clean(secret: Secret, what: string): Secret {
    const text = cleanText(secret.text());
    if (text !== null) return Secret.of(text);
    throw new Failure('credential-store.bad-secret-id', `The ${what} for ${who} is not valid.`, {
      hint: 'It must not contain spaces or line breaks. Set it again.',
    });
  }

  /** Once for each wrapping token: sealed before anything else happens, so that a restart or a refused login loses nothing. */
  async function opened(wrapping: Secret): Promise<GivenSecretId> {
    const mark = markOf(wrapping);
    const before = spent.state(mark);
    const old = kept(); // refuses while the keychain is locked: what comes out could not be sealed
    if (before === 'opened' || before === 'refused') return spentBefore(old, before);
    try {
      const secretId = await parts.unwrap(wrapping, before === 'begun', () => spent.begin(mark));
      unsealed = { secretId, mark };
      seal();
      return { secretId, remarks: [] };
    } catch (thrown) {
      if (asFailure(thrown).code !== 'credential-store.wrapping-used') throw thrown;
      // our own try was cut off between sealing and noting it
      const own = before === 'begun' && old !== null;
      if (own) spent.opened(mark);
      else spent.refused(mark);
      if (old === null) throw thrown;
      return spentBefore(old, own ? 'opened' : 'refused');
    }
  }

  /** What could not be sealed stays in memory, is used, and is sealed at the next chance. */
  function seal(): void {
    if (unsealed === null) return;
    try {
      keep.keepSecret(storeSecrets.secretId, unsealed.secretId);
      spent.opened(unsealed.mark);
      unsealed = null;
      forgetWrapping();
    } catch (thrown) {
      parts.log.error('an unwrapped SecretID could not be sealed', { who, code: asFailure(thrown).code });
    }
  }

  function spentBefore(old: Secret | null, state: 'opened' | 'refused'): GivenSecretId {
    if (old === null && state === 'refused') throw wrappingUsed(who, '', false);
    if (old === null) throw notKept(who);
    forgetWrapping();
    return { secretId: old, remarks: state === 'refused' ? [usedRemark] : [] };
  }

  function forgetWrapping(): void {
    if (auth.type === 'AppRoleSecret') keep.forgetSecret(storeSecrets.wrappingToken);
  }

  return {
    async get() {
      const secret = await given();
      if (secret === null) {
        const secretId = auth.wrapped ? kept() : null;
        if (secretId === null) throw noSecret(who, auth.wrapped ? 'wrapped SecretID' : 'SecretID');
        last = null;
        return { secretId, remarks: [] };
      }
      const word = clean(secret, auth.wrapped ? 'wrapping token' : 'SecretID');
      last = markOf(word);
      if (unsealed?.mark === last) {
        const { secretId } = unsealed;
        seal();
        return { secretId, remarks: [] };
      }
      if (!auth.wrapped) return { secretId: word, remarks: [] };
      try {
        return await opened(word);
      } catch (thrown) {
        if (asFailure(thrown).retry !== 'needs-person') last = null; // not opened yet, and it will not keep for long
        throw thrown;
      }
    },

    async changed() {
      const mark = await markGiven();
      return mark !== null && mark !== last;
    },

    async perishable() {
      if (!auth.wrapped) return false;
      const mark = await markGiven();
      const state = mark === null ? 'opened' : spent.state(mark);
      return state !== 'opened' && state !== 'refused';
    },
  };
}

const usedRemark =
  'The last wrapping token had expired or had already been used, possibly by someone else. The previous SecretID is used. Request a new wrapping token.';

function notKept(who: string): Failure {
  return new Failure(
    'credential-store.wrapping-used',
    `The wrapping token for ${who} has already been used, and the SecretID from it is not stored here.`,
    { hint: 'Request a new wrapped SecretID.' },
  );
}
