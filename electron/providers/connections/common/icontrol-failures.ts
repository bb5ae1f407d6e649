import { asFailure, Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import { asOpenssl } from '../../../net/expected-certificate.ts';
import { place } from '../../../net/failures.ts';
import type { ConnectTools } from '../connection.ts';

interface Place {
  host: string;
  port: number;
}

export const addressOf = (at: Place): string => `https://${place(at)}`;

export const isRefused = (error: unknown): boolean =>
  error instanceof Failure && error.code === 'icontrol.login-refused';

/** What the HTTP client calls it, and what it is for a connection to a managed device. */
const codes: Readonly<Record<string, FailureCode>> = {
  'net.refused': 'connection.refused',
  'net.timeout': 'connection.timeout',
  'net.unreachable': 'connection.unreachable',
  'net.unresolved': 'connection.unresolved',
  'net.lost': 'connection.lost',
};

/** Who shows it is nobody this machine trusts: the fingerprint is told, for a person to compare and pin. */
const untrusted = new Set(['net.tls-untrusted', 'net.tls-name-mismatch', 'net.tls-date', 'proxy.intercepts']);

/** A request that failed, as a failure of the connection. Asks for the certificate where that is what is wrong. */
export async function icontrolFailure(
  thrown: unknown,
  at: Place,
  { http, signal }: Pick<ConnectTools, 'http' | 'signal'>,
): Promise<unknown> {
  if (!(thrown instanceof Failure)) return thrown ?? asFailure(new Error('no answer'));
  const code = codes[thrown.code];
  const { hint, retry } = thrown;
  if (code !== undefined) return new Failure(code, thrown.message, { hint, retry, cause: thrown });
  if (!untrusted.has(thrown.code)) return thrown;
  const seen = await http()
    .reach({ url: addressOf(at), timeoutMs: 20_000, signal })
    .catch(() => null);
  const fingerprint = seen?.certificate?.fingerprint;
  const shown = fingerprint === undefined ? '' : ` Its SHA-256 fingerprint is ${asOpenssl(fingerprint)}.`;
  return new Failure('icontrol.untrusted', `${thrown.message}${shown}`, {
    hint:
      fingerprint === undefined
        ? thrown.hint
        : `Compare that fingerprint with the one of the device itself. If they are the same, pin it: --certificate_fingerprint ${fingerprint}`,
    cause: thrown,
  });
}
