import type { ExpectedCertificate } from '../../../net/expected-certificate.ts';
import { addressOf, icontrolFailure } from '../common/icontrol-failures.ts';
import type { ConnectTools } from '../connection.ts';

/** The certificate to expect: the pinned one, or the one that is shown now, which is told and pinned from then on. */
export async function expectedOf(
  { host, port, pinned }: { host: string; port: number; pinned: string | null },
  { http, signal, onIdentity }: Pick<ConnectTools, 'http' | 'signal' | 'onIdentity'>,
): Promise<ExpectedCertificate> {
  if (pinned !== null) return pinned as ExpectedCertificate;
  const seen = await http().reach({ url: addressOf({ host, port }), timeoutMs: 20_000, signal });
  if (seen.certificate === null) throw await icontrolFailure(seen.failure, { host, port }, { http, signal });
  const { fingerprint, subject } = seen.certificate;
  onIdentity?.({ fingerprint, type: subject });
  return fingerprint as ExpectedCertificate;
}
