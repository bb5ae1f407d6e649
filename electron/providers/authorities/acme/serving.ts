import type { Clock } from '#kit/clock.ts';
import type { ValidationSettings } from '#shared/catalog/authorities/acme-validation.ts';
import type { Http01Responder } from '../../../net/http-01-responder.ts';
import type { TlsAlpn01Responder } from '../../../net/tls-alpn-01-responder.ts';
import { alpnCertificate } from './alpn-certificate.ts';
import type { Provision } from './handle.ts';
import { fileOf } from './key-authorization.ts';

interface ServingParts {
  validation: ValidationSettings;
  responder: Http01Responder;
  alpnResponder: TlsAlpn01Responder;
  clock: Clock;
}

interface Served {
  /** As the settings say. */
  place: string;
  /** Epoch milliseconds. */
  since: number;
  /** Resolves when it is served, to what ends that. */
  started: Promise<() => Promise<void>>;
}

/**
 * What is served by each responder, by the address of its challenge: changed settings make another adapter, which has to
 * end what the one before began.
 */
const servedBy = new WeakMap<Http01Responder, Map<string, Served>>();

/** Answers challenges on this machine, at the place of the settings. Safe concurrently. */
export class Serving {
  readonly #parts: ServingParts;
  readonly #place: string;
  readonly #served: Map<string, Served>;

  constructor(parts: ServingParts) {
    this.#parts = parts;
    this.#place = JSON.stringify(parts.validation);
    this.#served = servedBy.get(parts.responder) ?? new Map();
    servedBy.set(parts.responder, this.#served);
  }

  /** Resolves when it is answered. Idempotent. `responder.*`. */
  async begin(provision: Provision): Promise<void> {
    const { challengeUrl } = provision;
    const before = this.#served.get(challengeUrl);
    if (before !== undefined && before.place !== this.#place) await this.end(challengeUrl);
    const served = this.#served.get(challengeUrl) ?? {
      ...{ place: this.#place, since: this.#parts.clock.now() },
      started: this.#listen(provision),
    };
    this.#served.set(challengeUrl, served);
    try {
      await served.started;
    } catch (thrown) {
      if (this.#served.get(challengeUrl) === served) this.#served.delete(challengeUrl);
      throw thrown;
    }
  }

  /** Has this process answered it all the time since then (epoch milliseconds)? */
  isUpSince({ challengeUrl }: Provision, moment: number): boolean {
    return (this.#served.get(challengeUrl)?.since ?? Number.POSITIVE_INFINITY) <= moment;
  }

  /** Idempotent. Rejects as `begin` did. */
  async end(challengeUrl: string): Promise<void> {
    const served = this.#served.get(challengeUrl);
    this.#served.delete(challengeUrl);
    await (await served?.started)?.();
  }

  async #listen({ name, keyAuthorization }: Provision): Promise<() => Promise<void>> {
    const { validation, responder, alpnResponder, clock } = this.#parts;
    switch (validation.method) {
      case 'http-01-agent': {
        const { address, port } = validation;
        return responder.serve({ address, port, ...fileOf(keyAuthorization) });
      }
      case 'tls-alpn-01-agent': {
        const { address, port } = validation;
        const shown = await alpnCertificate(name, keyAuthorization, clock.now());
        return alpnResponder.serve({ address, port, ...shown });
      }
      default:
        return async () => {};
    }
  }
}
