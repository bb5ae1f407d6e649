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
  NotCleared,
  OrderHandle,
  OrderRequest,
  OrderTools,
  WebRoot,
} from '../../providers/authorities/authority.ts';
import { saysLeft } from './leave.ts';

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
  /** Told, also when it was cancelled, what could not be removed: no one will try again. */
  tellLeft(sentence: string): void;
}

/**
 * Orders a certificate for the names of a plan at a test directory, with a key pair that is only in memory, and throws
 * both away; what was put up to prove control is removed, and what could not be is named in the last check. What went wrong is in
 * the checks; rejects only when `signal` aborts.
 */
export async function rehearse(parts: RehearsalParts): Promise<ProbeCheck[]> {
  const { plan, authority, clock, webRoot } = parts;
  const { request, keyFingerprint: key } = await makeRequest(plan, clock.now());
  const trial: Trial = { handle: null, checks: [] };
  const toolsUntil = (signal: AbortSignal): OrderTools => ({
    webRoot,
    remember: (better) => {
      trial.handle = better;
    },
    signal,
  });
  let left: readonly NotCleared[] = [];
  try {
    await order(parts, trial, { request, key, tools: toolsUntil(parts.signal) });
  } catch (thrown) {
    parts.signal.throwIfAborted();
    // a script on this machine or the endpoint may have answered
    trial.checks.push(failed(trial.checks.length, asFailure(thrown), 'The answer was'));
  } finally {
    // else nothing was begun
    if (trial.handle !== null) {
      left = await authority.cleanUp(trial.handle, request, toolsUntil(new AbortController().signal));
      if (left.length > 0) parts.tellLeft(saysLeftOver(left));
    }
  }
  return withLeft(trial.checks, left);
}

/** How far it is. */
interface Trial {
  handle: OrderHandle;
  checks: ProbeCheck[];
}

async function order(
  parts: RehearsalParts,
  trial: Trial,
  { request, key, tools }: { request: OrderRequest; key: string; tools: OrderTools },
): Promise<void> {
  const { plan, authority, host } = parts;
  const { checks } = trial;
  const names = firstOf(plan.names);
  trial.handle = await authority.submit(request, null, tools);
  checks.push({ name: 'order', ok: true, sentence: `${host} took the order for ${names}.` });
  const refused = await untilReady(parts, () => trial.handle, request, tools);
  if (refused !== null) {
    checks.push(failed(checks.length, refused, 'The CA answered'));
    return;
  }
  checks.push({
    name: 'control',
    ok: true,
    sentence: `${host} accepted the proof of control of every name.`,
  });
  const leaf = readCertificate(certificatesOf(await authority.collect(trial.handle))[0] ?? '');
  const fits = leaf.keyFingerprint === key && sameNames(leaf.names, plan.names);
  checks.push({
    name: 'certificate',
    ok: fits,
    sentence: fits
      ? `${host} issued a certificate for ${names}. It was thrown away, with its key.`
      : `${host} issued a certificate for ${firstOf(leaf.names)}, which is not what was ordered.`,
  });
}

/** Nothing of a rehearsal is stored, so that nothing of it is tried again: a person has to know. */
function withLeft(checks: readonly ProbeCheck[], left: readonly NotCleared[]): ProbeCheck[] {
  if (left.length === 0) return [...checks];
  const said = ` ${saysLeftOver(left)}`;
  return checks.map((check, at) =>
    at === checks.length - 1
      ? { ...check, sentence: `${check.sentence.replace(/[^.]$/, '$&.')}${said}` }
      : check,
  );
}

const saysLeftOver = (left: readonly NotCleared[]): string =>
  `${saysLeft(left)} Trustkeep will not try again: remove it yourself if it is there.`;

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
