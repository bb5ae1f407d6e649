import type { Clock } from '#kit/clock.ts';
import { asFailure } from '#shared/failure.ts';
import { ariCertId } from '../../../pki/ari.ts';
import { certificatesOf } from '../../../pki/pem.ts';
import type { RenewalInfo } from '../authority.ts';
import type { AcmeClient } from './client.ts';
import { readAs, renewalInfo } from './wire.ts';

/** RFC 9773 4.3: a CA may ask for more or less often, but neither every second nor once a year. */
const askAgain = { least: 60_000, usual: 6 * 60 * 60_000, most: 24 * 60 * 60_000 };

/** Null when the CA does not offer ARI, or does not know this certificate. */
export async function fetchRenewalInfo(
  leafPem: string,
  client: AcmeClient,
  clock: Clock,
): Promise<RenewalInfo | null> {
  const { renewalInfo: base } = await client.directory();
  const id = base === undefined ? null : certificateId(leafPem);
  if (base === undefined || id === null) return null;
  try {
    const url = `${base.replace(/\/$/, '')}/${id}`;
    const answer = await client.get(url, { asked: 'its renewal suggestion' });
    const read = readAs(renewalInfo, answer.body, 'renewal suggestion', client.ca);
    const start = Date.parse(read.suggestedWindow.start);
    const end = Date.parse(read.suggestedWindow.end);
    if (end <= start) return null;
    const wait = answer.retryAfterMs ?? askAgain.usual;
    return {
      start,
      end,
      explanationUrl: read.explanationURL ?? null,
      askAgainAt: clock.now() + Math.min(Math.max(wait, askAgain.least), askAgain.most),
    };
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.retry === 'needs-person' && failure.about === 'authority') return null;
    throw failure;
  }
}

/** How RFC 9773 names a certificate; null for one it cannot name. Takes a chain too: its first certificate. */
export function certificateId(pem: string): string | null {
  try {
    return ariCertId(certificatesOf(pem)[0] ?? pem);
  } catch {
    return null;
  }
}
