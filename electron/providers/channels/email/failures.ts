import { redact } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';

/** What the library says of an error, as its documentation lists it. */
interface MailError extends Error {
  code?: string;
  /** The line of the server. */
  response?: string;
  responseCode?: number;
  command?: string;
}

/** An error of the library as a failure that says what to do. `peer`: host and port. */
export function mailFailure(thrown: unknown, peer: string): Failure {
  if (thrown instanceof Failure) return thrown;
  const error = thrown as MailError;
  const said = {
    cause: thrown,
    ...(error.response === undefined ? {} : { peerSaid: redact(error.response) }),
  };
  const text = `${error.code ?? ''} ${error.message}`;
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH')
    return new Failure('email.login-refused', `${peer} refused the login.`, {
      ...{ hint: 'Check user and password, and whether the account may log in with a password.', ...said },
    });
  if (/STARTTLS/.test(text) && /not offered|not support|required|upgrad/i.test(text))
    return new Failure('email.no-starttls', `${peer} does not offer STARTTLS.`, {
      ...{ hint: 'Use the port for submission (587), or choose tls with port 465.', ...said },
    });
  if (/certificate|altname|self[- ]signed|issuer|UNABLE_TO_|CERT_|verify/i.test(text))
    return new Failure('email.untrusted', `The certificate of ${peer} was not accepted: ${error.message}.`, {
      ...{
        hint: 'Check the host name, or give the root of a private CA with --trusted_roots-file.',
        ...said,
      },
    });
  if (error.responseCode !== undefined) return answered(peer, error.responseCode, said);
  if (['ECONNECTION', 'EDNS', 'ETIMEDOUT', 'ECONNREFUSED', 'ENOTFOUND', 'ESOCKET'].includes(error.code ?? ''))
    return new Failure('email.unreachable', `${peer} could not be reached: ${error.message}.`, {
      ...{ hint: 'Check host, port and firewall. Trustkeep will try again automatically.', ...said },
    });
  return new Failure('email.failed', `The conversation with ${peer} broke off: ${error.message}.`, {
    ...{ hint: 'Trustkeep will try again automatically.', ...said },
  });
}

/** By the first digit of the answer (RFC 5321 4.2.1): 4 asks for another try, 5 does not. */
function answered(peer: string, status: number, said: { cause: unknown; peerSaid?: string }): Failure {
  if (status < 500)
    return new Failure('email.busy', `${peer} answered ${status}: it took no email for now.`, {
      ...{ hint: 'Trustkeep will try again automatically.', ...said },
    });
  return new Failure('email.refused', `${peer} answered ${status}: it refused the email.`, {
    ...{
      hint: 'Check the addresses of sender and recipients, and whether the server requires a login.',
      ...said,
    },
  });
}
