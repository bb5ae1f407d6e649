import type { Log } from '#kit/log.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import type { Remark } from '../authority.ts';
import type { Accounts } from './account.ts';
import { pickChain } from './chains.ts';
import type { AcmeAnswer } from './client.ts';
import type { AcmeHandle } from './handle.ts';
import { seenIn } from './orders.ts';
import { isAbsent } from './refusal.ts';
import { mostAbsentCertificates } from './waits.ts';

interface CertificatesParts {
  ca: string;
  accounts: Accounts;
  /** Common name of the issuer of the topmost certificate, where several chains are offered. */
  preferred: string | null;
  log: Log;
  /** Adds the intermediates that are missing. */
  complete(chainPem: string): Promise<string>;
}

const accept = 'application/pem-certificate-chain';

/** Downloads what was issued. */
export class Certificates {
  readonly #parts: CertificatesParts;
  /** By address: how often the CA said that it is not there. */
  readonly #absent = new Map<string, number>();

  constructor(parts: CertificatesParts) {
    this.#parts = parts;
  }

  /** The chain that is preferred, or the one that the CA sent first, completed. `acme.certificate-not-there` is worth asking again, but not for ever. */
  async collect(handle: AcmeHandle, remark?: (remark: Remark) => void): Promise<string> {
    const url = handle.certificateUrl ?? (await this.#addressIn(handle.orderUrl ?? ''));
    try {
      const answer = await this.#parts.accounts.post(url, null, { asked: 'the certificate', accept });
      this.#absent.delete(url);
      const picked = await pickChain(answer, this.#parts.preferred, (at) => this.#alternate(at));
      if (picked.remark !== null) remark?.(picked.remark);
      return await this.#parts.complete(picked.chainPem);
    } catch (thrown) {
      const failure = asFailure(thrown);
      throw isAbsent(failure) ? this.#notThere(url, failure) : thrown;
    }
  }

  /** Null when it cannot be had: the usual chain is there. */
  async #alternate(url: string): Promise<AcmeAnswer | null> {
    try {
      return await this.#parts.accounts.post(url, null, { asked: 'another chain', accept });
    } catch (thrown) {
      const because = asFailure(thrown).message;
      this.#parts.log.warn('another chain of the CA could not be fetched', { url, because });
      return null;
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
