import type { Clock } from '#kit/clock.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { firstOf } from '#shared/model/first-of.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import { buildCsr } from '../../pki/csr.ts';
import { keyFingerprint } from '../../pki/fingerprint.ts';
import { generateKey, signWithKeyPem } from '../../pki/key.ts';
import { certificatesOf } from '../../pki/pem.ts';
import { readCertificate } from '../../pki/read-certificate.ts';
import type {
  Authority,
  OrderHandle,
  OrderRequest,
  OrderTools,
  WebRoot,
} from '../../providers/authorities/authority.ts';

/** A person waits for it: who validates takes seconds, a DNS script and its propagation minutes. */
const patienceMs = 10 * 60_000;

interface RehearsalParts {
  plan: Plan;
  /** At the test directory. */
  authority: Authority;
  /** Host of the test directory. */
  host: string;
  webRoot: WebRoot | null;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Orders a certificate for the names of a plan at a test directory, with a key pair that is only in memory, and throws
 * both away; what was put up to prove control is removed. What went wrong is in the checks; rejects only when `signal` aborts.
 */
export async function rehearse(parts: RehearsalParts): Promise<ProbeCheck[]> {
  const { plan, authority, clock, host, webRoot } = parts;
  const names = firstOf(plan.names);
  const made = await makeRequest(plan, clock.now());
  let handle: OrderHandle = null;
  const toolsUntil = (signal: AbortSignal): OrderTools => ({
    webRoot,
    remember: (better) => {
      handle = better;
    },
    signal,
  });
  const tools = toolsUntil(parts.signal);
  const checks: ProbeCheck[] = [];
  try {
    handle = await authority.submit(made.request, null, tools);
    checks.push({ name: 'order', ok: true, sentence: `${host} took the order for ${names}.` });
    const refused = await untilReady(parts, () => handle, made.request, tools);
    if (refused !== null) return [...checks, failed(checks.length, refused, 'The CA answered')];
    checks.push({
      name: 'control',
      ok: true,
      sentence: `${host} accepted the proof of control of every name.`,
    });
    const leaf = readCertificate(certificatesOf(await authority.collect(handle))[0] ?? '');
    const fits = leaf.keyFingerprint === made.keyFingerprint && sameNames(leaf.names, plan.names);
    checks.push({
      name: 'certificate',
      ok: fits,
      sentence: fits
        ? `${host} issued a certificate for ${names}. It was thrown away, with its key.`
        : `${host} issued a certificate for ${firstOf(leaf.names)}, which is not what was ordered.`,
    });
  } catch (thrown) {
    parts.signal.throwIfAborted();
    // a script on this machine or the endpoint may have answered
    checks.push(failed(checks.length, asFailure(thrown), 'The answer was'));
  } finally {
    await authority.cleanUp(handle, made.request, toolsUntil(new AbortController().signal));
  }
  return checks;
}

async function makeRequest({ names, keyType, terms }: Plan, now: number) {
  const key = await generateKey(keyType);
  try {
    const sign = async (data: Uint8Array) => signWithKeyPem(key.pem, keyType, data);
    const csr = await buildCsr({ names, keyType, spki: key.spki, sign });
    const request: OrderRequest = { orderId: `rehearsal_${now}`, csr, names, terms, replacesPem: null };
    return { request, keyFingerprint: keyFingerprint(key.spki) };
  } finally {
    key.pem.wipe();
  }
}

/** Why the CA refused the order; null: it is ready. Throws that it took too long. */
async function untilReady(
  { authority, clock, signal, host }: RehearsalParts,
  handle: () => OrderHandle,
  request: OrderRequest,
  tools: OrderTools,
): Promise<Failure | null> {
  const until = clock.monotonic() + patienceMs;
  for (;;) {
    const status = await authority.poll(handle(), request, tools);
    if (status.state === 'ready') return null;
    if (status.state === 'refused') return Failure.from(status.because);
    if (clock.monotonic() + status.afterMs > until)
      throw new Failure(
        'authority.no-certificate',
        `A rehearsal takes ${patienceMs / 60_000} min at most, and ${host} is to be asked again only after that. ${status.sentence}`,
      );
    await clock.sleep(status.afterMs, signal);
  }
}

const sameNames = (some: readonly string[], others: readonly string[]): boolean =>
  some.toSorted().join('\n') === others.toSorted().join('\n');

const ownHint =
  'Rehearse once more later. If this continues, check the test directory URL of the authority and the outbound connection.';

/** The first check that has no answer yet. Nothing is tried again here, whatever the hint of a failure says. */
function failed(
  passed: number,
  { message, hint: usual, retry, peerSaid }: Failure,
  who: 'The CA answered' | 'The answer was',
): ProbeCheck {
  const hint = retry === 'later' || retry === 'after' ? ownHint : usual;
  const said = peerSaid === undefined || peerSaid === '' ? '' : ` ${who}: ${peerSaid}`;
  const sentence = `${message}${hint === undefined ? '' : ` ${hint}`}${said}`;
  const name = (['order', 'control', 'certificate'] as const)[passed] ?? 'certificate';
  return { name, ok: false, sentence };
}
