import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { asFailure } from '#shared/failure.ts';
import type { Dns } from '../../../net/dns.ts';
import type { Http } from '../../../net/http.ts';
import type { Http01Responder } from '../../../net/http-01-responder.ts';
import type { TlsAlpn01Responder } from '../../../net/tls-alpn-01-responder.ts';
import type {
  Authority,
  AuthorityState,
  KeepsAccount,
  NotCleared,
  OrderHandle,
  OrderRequest,
  OrderStatus,
  OrderTools,
  Remark,
  Revocation,
  Revokes,
} from '../authority.ts';
import { acceptedOf } from './accepted-account.ts';
import { Accounts } from './account.ts';
import { fetchRenewalInfo } from './ari.ts';
import { Certificates } from './certificates.ts';
import { Challenges } from './challenges.ts';
import { testAuthority } from './checks.ts';
import { AcmeClient } from './client.ts';
import type { RunScript } from './dns-scripts.ts';
import { foreignAccount } from './foreign-account.ts';
import { type AcmeHandle, readHandle } from './handle.ts';
import { identifierOf, isOrdered } from './identifiers.ts';
import { completedChain } from './issuers.ts';
import { Orders } from './orders.ts';
import { pollOrder } from './poll.ts';
import { revokeCertificate } from './revocation.ts';
import { saysProvision } from './says-provision.ts';
import type { PollParts } from './work.ts';

interface AcmeParts {
  id: string;
  settings: AcmeSettings;
  state: AuthorityState;
  http: Http;
  responder: Http01Responder;
  alpnResponder: TlsAlpn01Responder;
  dns: Dns;
  runScript: RunScript;
  clock: Clock;
  log: Log;
}

/** Any CA that speaks ACME: RFC 8555, with EAB, ARI (RFC 9773) and profiles. Keeps one account per authority. */
export class AcmeAuthority implements Authority, KeepsAccount, Revokes {
  readonly #settings: AcmeSettings;
  readonly #log: Log;
  readonly #parts: PollParts;
  readonly #certificates: Certificates;
  readonly account: KeepsAccount['account'];

  constructor({ id, settings, state, http, clock, ...given }: AcmeParts) {
    const { directoryUrl, trustedRootsPem, validation } = settings;
    const log = given.log.in(`acme ${id}`);
    const client = new AcmeClient({ directoryUrl, trustedRootsPem, http, clock, log });
    const accounts = new Accounts({ settings, state, client, log });
    const orders = new Orders({ settings, client, accounts, clock, log });
    const challenges = new Challenges({ ...given, validation, ca: client.ca, clock, log });
    const { ca } = client;
    const complete = (chainPem: string) => completedChain(chainPem, { http, trustedRootsPem, clock, log });
    this.#certificates = new Certificates({
      ...{ ca, accounts, complete, log },
      preferred: settings.preferredChain ?? null,
    });
    this.account = accountVerbs(accounts, directoryUrl);
    this.#settings = settings;
    this.#log = log;
    this.#parts = { client, accounts, orders, challenges, clock };
  }

  async submit(request: OrderRequest, known: OrderHandle | null, tools: OrderTools): Promise<AcmeHandle> {
    const handle = known === null ? null : readHandle(known);
    if (handle !== null && handle.orderUrl !== null) return handle;
    return this.#parts.orders.place(request, handle, tools);
  }

  poll(handle: OrderHandle, request: OrderRequest, tools: OrderTools): Promise<OrderStatus> {
    return pollOrder(this.#parts, readHandle(handle), request, tools);
  }

  collect(handle: OrderHandle, remark?: (remark: Remark) => void): Promise<string> {
    return this.#certificates.collect(readHandle(handle), remark);
  }

  async cleanUp(
    handle: OrderHandle,
    request: Pick<OrderRequest, 'names'>,
    tools: OrderTools,
    what: 'all' | 'own listeners' = 'all',
  ): Promise<readonly NotCleared[]> {
    try {
      const read = readHandle(handle);
      if (read.orderUrl !== null) this.#parts.orders.release(read.orderUrl);
      if (read.provisions.length === 0) return [];
      const ours = this.#ownProvisions(read, request);
      const left = await this.#parts.challenges.takeDown(ours, tools, what);
      tools.remember({ ...read, provisions: left.map(({ provision }) => provision) });
      return left.map(({ provision, because }) => ({ what: saysProvision(provision), because }));
    } catch (error) {
      this.#log.warn('an order could not be cleared up', { error });
      return [{ what: 'what was put up to prove control of the names', because: asFailure(error) }];
    }
  }

  /** What is removed was put up for a name of this order. */
  #ownProvisions(
    { provisions }: AcmeHandle,
    { names }: Pick<OrderRequest, 'names'>,
  ): AcmeHandle['provisions'] {
    return provisions.filter(({ name }) => {
      const ours = isOrdered(identifierOf(name), names);
      if (!ours) this.#log.warn('what is stored of another name is not removed', { name });
      return ours;
    });
  }

  renewalInfo(leafPem: string): ReturnType<typeof fetchRenewalInfo> {
    return fetchRenewalInfo(leafPem, this.#parts.client, this.#parts.clock);
  }

  revoke(revocation: Revocation): Promise<'revoked' | 'already'> {
    return revokeCertificate(this.#parts, revocation);
  }

  takeUp(): Promise<void> {
    return this.#parts.accounts.takeUp();
  }

  test(): ReturnType<typeof testAuthority> {
    return testAuthority(this.#settings, this.#parts.client, this.#parts.accounts);
  }
}

function accountVerbs(accounts: Accounts, directoryUrl: string): KeepsAccount['account'] {
  return {
    look: () => accounts.look(),
    accepted: () => acceptedOf(accounts.look()),
    sendContact: () => accounts.sendContact(),
    rollKey: () => accounts.rollKey().then(() => accounts.look()),
    deactivate: () => accounts.deactivate(),
    register: () => accounts.registerNew().then(() => accounts.look()),
    async importFrom(path) {
      const found = await foreignAccount(path, directoryUrl);
      const { client, keyFile } = found;
      return { account: await accounts.importFrom(found), client, keyFile };
    },
  };
}
