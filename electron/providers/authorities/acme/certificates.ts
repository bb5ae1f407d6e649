import { asFailure, Failure } from '#shared/failure.ts';
import { normalizedChainPem } from '../../../pki/chain.ts';
import type { Accounts } from './account.ts';
import type { AcmeHandle } from './handle.ts';
import { seenIn } from './orders.ts';
import { isAbsent } from './refusal.ts';
import { mostAbsentCertificates } from './waits.ts';

interface CertificatesParts {
  ca: string;
  accounts: Accounts;
  /** Adds the intermediates that are missing. */
  complete(chainPem: string): Promise<string>;
}

/** Downloads what was issued. */
export class Certificates {
  readonly #parts: CertificatesParts;
  /** By address: how often the CA said that it is not there. */
  readonly #absent = new Map<string, number>();

  constructor(parts: CertificatesParts) {
    this.#parts = parts;
  }

  /** The chain as the CA sent it, completed. `acme.certificate-not-there` is worth asking again, but not for ever. */
  async collect(handle: AcmeHandle): Promise<string> {
    const url = handle.certificateUrl ?? (await this.#addressIn(handle.orderUrl ?? ''));
    const accept = 'application/pem-certificate-chain';
    try {
      const answer = await this.#parts.accounts.post(url, null, { asked: 'the certificate', accept });
      this.#absent.delete(url);
      return await this.#parts.complete(normalizedChainPem(answer.body.toString('utf8')));
    } catch (thrown) {
      const failure = asFailure(thrown);
      throw isAbsent(failure) ? this.#notThere(url, failure) : thrown;
    }
  }

  async #addressIn(orderUrl: string): Promise<string> {
    const { ca, accounts } = this.#parts;
    const answer = await accounts.post(orderUrl, null, { asked: 'the order' });
    const { certificate, status } = seenIn(answer, ca).order;
    if (certificate !== undefined) return certificate;
    if (status === 'valid')
      throw new Failure(
        'acme.certificate-not-there',
        `The CA ${ca} says that the order is valid, but gave no address for the certificate.`,
        { hint: 'Trustkeep will ask again automatically. If this continues, ask the operator of the CA.' },
      );
    throw new Failure(
      'acme.not-issued',
      `The CA ${ca} has not issued the certificate yet: it says that the order is ${status}.`,
    );
  }

  #notThere(url: string, failure: Failure): Failure {
    const times = (this.#absent.get(url) ?? 0) + 1;
    this.#absent.set(url, times);
    const over = times >= mostAbsentCertificates;
    const said = `The CA ${this.#parts.ca} says that the order is valid`;
    return new Failure(
      'acme.certificate-not-there',
      times === 1
        ? `${said}, but answered that its certificate is not there.`
        : `${said}, but answered ${times} times in a row that its certificate is not there.`,
      {
        hint: over
          ? 'Request the certificate again, and ask the operator of the CA.'
          : 'Trustkeep will ask again automatically.',
        retry: over ? 'needs-person' : 'later',
        peerSaid: failure.peerSaid,
        cause: failure,
      },
    );
  }
}
