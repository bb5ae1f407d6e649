import type { Clock } from '#kit/clock.ts';
import { asFailure, type Failure, harmless } from '#shared/failure.ts';
import type { StoreReport } from '#shared/model/credential-store.ts';
import type { CheckName, ProbeCheck } from '#shared/model/probe-check.ts';
import type { ClientCertificate, Http } from '../../../net/http.ts';
import { type StoredCredential, wipeCredential } from '../credential-store.ts';

/** @internal */
export interface VerifyParts {
  http: Http;
  url: string;
  trustedRootsPem: string | null;
  /** Asked at each verification; what it throws (a locked keychain) is the answer of `tls`. */
  clientCertificate?: (() => ClientCertificate | null) | undefined;
  clock: Clock;
  /** Gives the sentence of what was found: `Logged in by token, which ends at …`. */
  logIn(signal?: AbortSignal): Promise<string>;
  /** Null: nothing to read is configured. */
  read: ((signal?: AbortSignal) => Promise<string>) | null;
}

/** The way there step by step, then `log-in`, then `read`; ends with the first "no". Rejects with the signal's reason only. */
export function makeVerify(parts: VerifyParts): (signal?: AbortSignal) => Promise<StoreReport> {
  return async (signal) => {
    const checks: ProbeCheck[] = [];
    const ok =
      (await theWay(parts, checks, signal)) &&
      (await step('log-in', (at) => parts.logIn(at), checks, signal)) &&
      (parts.read === null || (await step('read', parts.read, checks, signal)));
    return { ok, checks: checks.map(plain), at: parts.clock.now() };
  };
}

/** What a `read` step says of a credential, which is wiped. `what`: `secret "12"`. */
export async function readToVerify(reading: Promise<StoredCredential>, what: string): Promise<string> {
  const credential = await reading;
  const kind = credential.password === null ? 'a private key' : 'a password';
  const whose = credential.username === null ? '' : ` for ${credential.username}`;
  wipeCredential(credential);
  return `Read ${what}: ${kind}${whose}.`;
}

/** In some of them stands what the store calls things. */
function plain(check: ProbeCheck): ProbeCheck {
  return { ...check, sentence: harmless(check.sentence) };
}

async function theWay(parts: VerifyParts, checks: ProbeCheck[], signal?: AbortSignal): Promise<boolean> {
  const { http, url, trustedRootsPem } = parts;
  try {
    const clientCertificate = parts.clientCertificate?.() ?? undefined;
    const reach = await http.reach({ url, trustedRootsPem, clientCertificate, signal });
    const stop = reach.steps.findIndex(({ ok }) => !ok);
    checks.push(...(stop === -1 ? reach.steps : reach.steps.slice(0, stop)));
    if (reach.ok) return true;
    const last = reach.steps[stop] ?? { name: 'connect', ok: false, sentence: `${url} cannot be reached.` };
    checks.push(reach.failure === null ? last : { ...last, sentence: withHint(reach.failure) });
    return false;
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    checks.push({ name: 'tls', ok: false, sentence: withHint(asFailure(thrown)) });
    return false;
  }
}

async function step(
  name: CheckName,
  run: (signal?: AbortSignal) => Promise<string>,
  checks: ProbeCheck[],
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    checks.push({ name, ok: true, sentence: await run(signal) });
    return true;
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    checks.push({ name, ok: false, sentence: withHint(asFailure(thrown)) });
    return false;
  }
}

function withHint({ message, hint, peerSaid }: Failure): string {
  const said = peerSaid === undefined ? [] : [`It answered: "${peerSaid}".`];
  return [message, ...said, ...(hint === undefined ? [] : [hint])].join(' ');
}
