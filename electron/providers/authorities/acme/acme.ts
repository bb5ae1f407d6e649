import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import { Failure } from '#shared/failure.ts';
import type { Http } from '../../../net/http.ts';
import type { Http01Responder } from '../../../net/http-01-responder.ts';
import { normalizedChainPem } from '../../../pki/chain.ts';
import type { Authority, AuthorityKeep } from '../authority.ts';
import { makeAccounts } from './account.ts';
import { fetchRenewalInfo } from './ari.ts';
import { makeChallenges, type RunScript } from './challenges.ts';
import { testAuthority } from './checks.ts';
import { makeAcmeClient } from './client.ts';
import { type AcmeHandle, readHandle } from './handle.ts';
import { lookAt } from './look.ts';
import { makeOrders, seenIn } from './orders.ts';

/** Any CA that speaks ACME: RFC 8555, with EAB, ARI (RFC 9773) and profiles. Keeps one account per authority. */
export function makeAcmeAuthority(options: {
  id: string;
  settings: AcmeSettings;
  keep: AuthorityKeep;
  http: Http;
  responder: Http01Responder;
  runScript: RunScript;
  clock: Clock;
  log: Log;
}): Authority {
  const { settings, keep, http, clock } = options;
  const log = options.log.in(`acme ${options.id}`);
  const client = makeAcmeClient({
    directoryUrl: settings.directoryUrl,
    trustedRootsPem: settings.trustedRootsPem,
    http,
    clock,
    log,
  });
  const accounts = makeAccounts({ settings, keep, client, log });
  const orders = makeOrders({ settings, client, accounts, clock, log });
  const challenges = makeChallenges({
    validation: settings.validation,
    ca: client.ca,
    responder: options.responder,
    runScript: options.runScript,
    clock,
    log,
  });

  async function certificateUrl(handle: AcmeHandle): Promise<string> {
    if (handle.certificateUrl !== null) return handle.certificateUrl;
    const answer = await accounts.post(handle.orderUrl ?? '', null, { asked: 'the order' });
    const { certificate } = seenIn(answer, client.ca).order;
    if (certificate !== undefined) return certificate;
    throw new Failure('acme.not-issued', `The CA ${client.ca} has not issued the certificate yet.`, {
      retry: 'later',
    });
  }

  return {
    async submit(request, known, tools) {
      const handle = known === null ? null : readHandle(known);
      if (handle !== null && handle.orderUrl !== null) return handle;
      return orders.place(request, handle, tools);
    },
    look: (handle, request, tools) =>
      lookAt({ client, accounts, orders, challenges, clock }, readHandle(handle), request, tools),
    async collect(handle) {
      const url = await certificateUrl(readHandle(handle));
      const accept = 'application/pem-certificate-chain';
      const answer = await accounts.post(url, null, { asked: 'the certificate', accept });
      return normalizedChainPem(answer.body.toString('utf8'));
    },
    async cleanUp(handle, tools) {
      try {
        const read = readHandle(handle);
        if (read.orderUrl !== null) orders.release(read.orderUrl);
        if (read.provisions.length === 0) return;
        await challenges.takeDown(read.provisions, tools);
        tools.remember({ ...read, provisions: [] });
      } catch (error) {
        log.warn('an order could not be cleared up', { error });
      }
    },
    renewalInfo: (leafPem) => fetchRenewalInfo(leafPem, client, clock),
    test: () => testAuthority(settings, client, accounts),
  };
}
