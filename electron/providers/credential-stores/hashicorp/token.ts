import type { Clock } from '#kit/clock.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import { unexpectedAnswer } from '../common/over-http.ts';
import { type StoreKeep, storeSecrets } from '../credential-store.ts';
import type { VaultClient } from './client.ts';
import {
  cleanText,
  type Login,
  type LoginMethod,
  markOf,
  noSecret,
  saysNoToken,
  tokenEnded,
} from './login.ts';
import { readAs, tokenAnswer } from './wire.ts';

/** The token that a person gave. "Logging in" is looking it up, which tells how long it lives. */
export function byToken(client: VaultClient, keep: StoreKeep, clock: Clock): LoginMethod {
  let last: string | null = null;

  function kept(): Secret {
    const secret = keep.secret(storeSecrets.token);
    const text = secret === null ? '' : secret.text().trim();
    if (text === '') throw noSecret(client.who, 'token');
    const clean = cleanText(text);
    if (clean !== null) return Secret.of(clean);
    throw new Failure('credential-store.bad-token', `The token for ${client.who} is not valid.`, {
      hint: 'A token must not contain spaces or line breaks. Set it again.',
    });
  }

  function noted(name: string): string | null {
    const secret = keep.secret(name);
    const mark = secret?.text() ?? null;
    secret?.wipe();
    return mark;
  }

  /** Sealed: a token that a person made up can be guessed from its mark. */
  const note = (name: string, mark: string) => keep.keepSecret(name, Secret.of(mark));

  /** Null while it cannot be read: the keychain may be locked. */
  function markNow(): string | null {
    try {
      return markOf(kept());
    } catch {
      return null;
    }
  }

  async function lookUp(token: Secret, login: Login, mark: string): Promise<Login> {
    const path = ['auth', 'token', 'lookup-self'];
    const answer = await client.ask({ method: 'GET', path, token });
    if (answer.status === 403) {
      if (saysNoToken(answer)) throw tokenEnded(client.who, answer);
      const remark =
        'It is not allowed to look itself up, so its lifetime is not known and it is not renewed.';
      const standing = noted(storeSecrets.tokenWasGood) === mark ? 'lost' : 'unseen';
      return { ...login, standing, remarks: [remark] };
    }
    if (answer.status !== 200) throw unexpectedAnswer(client.who, answer, 'it says nothing of the token');
    const { data } = readAs(tokenAnswer, answer, client.who);
    if (noted(storeSecrets.tokenWasGood) !== mark) note(storeSecrets.tokenWasGood, mark);
    const endless = data.ttl === 0 && !data.expire_time;
    const usesLimited = (data.num_uses ?? 0) > 0;
    if (usesLimited) note(storeSecrets.tokenUsesLimited, mark);
    return {
      ...login,
      endsAt: endless ? null : clock.now() + data.ttl * 1000,
      leaseMs: (data.creation_ttl ?? data.ttl) * 1000,
      renewable: data.renewable === true && data.type !== 'batch' && !endless,
      usesLimited,
      standing: 'known',
      remarks: usesLimited ? [limitedRemark] : [],
    };
  }

  async function changed(): Promise<boolean> {
    const now = markNow();
    return now !== null && now !== last;
  }

  return {
    repeatable: false,
    changed,
    perishable: changed,
    async logIn() {
      const token = kept();
      const mark = markOf(token);
      const login: Login = {
        token,
        how: 'by token',
        at: clock.now(),
        endsAt: null,
        leaseMs: 0,
        renewable: false,
        usesLimited: true,
        ours: false,
        standing: 'unseen',
        remarks: [limitedRemark],
      };
      if (noted(storeSecrets.tokenUsesLimited) === mark) {
        last = mark;
        return login;
      }
      try {
        const known = await lookUp(token, { ...login, usesLimited: false, remarks: [] }, mark);
        last = mark;
        return known;
      } catch (thrown) {
        if (asFailure(thrown).retry === 'needs-person') last = mark; // the server has answered
        throw thrown;
      }
    },
  };
}

const limitedRemark =
  'The token is valid for a limited number of calls: each read uses some, and it is not renewed.';
