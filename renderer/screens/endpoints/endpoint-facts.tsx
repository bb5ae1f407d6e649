import { useQuery } from '@tanstack/react-query';
import type { ConnectionLogin } from '#shared/catalog/connections/definition.ts';
import { secretFacts } from '#shared/catalog/endpoints/secrets.ts';
import { connectionDefinition, told } from '#shared/model/connection.ts';
import type { CredentialStore } from '#shared/model/credential-store.ts';
import { type Endpoint, endpointDefinition } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import { Checks } from '../../parts/checks.tsx';
import { Empty } from '../../parts/empty.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Hash, mono } from '../../parts/hash.tsx';
import { InnerLink } from '../../parts/inner-link.tsx';
import { Section } from '../../parts/section.tsx';
import { settingFacts } from '../../parts/setting-facts.ts';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { connectionText, storeName } from './endpoint-text.ts';
import { HostKeyChanged } from './host-key-changed.tsx';

export function ProbeSection({ endpoint }: { endpoint: Endpoint }) {
  const { probe } = endpoint;
  if (probe === null) return <Empty title={en.endpoints.notProbed}>{en.endpoints.notProbedHint}</Empty>;
  return (
    <Section
      title={probe.ok ? en.endpoints.allChecks : en.endpoints.someChecks}
      {...(probe.version === null ? {} : { note: probe.version })}
    >
      <HostKeyChanged endpoint={endpoint} />
      <Checks checks={probe.checks} />
      <p>
        {en.endpoints.probed} <Time at={probe.at} />
      </p>
    </Section>
  );
}

export function EndpointFacts({ endpoint }: { endpoint: Endpoint }) {
  const { queries } = useBridge();
  const authorities = useQuery(queries.authorities.list.queryOptions({ input: {} }));
  const stores = useQuery(queries.credentialStores.list.queryOptions({ input: {} }));
  const { connection, policy } = endpoint;
  const { login, pinned } = told(connection);
  const { identity } = connectionDefinition(connection);
  const unverified = connectionDefinition(connection).unverified(connection);
  const authority = authorities.data?.find((one) => one.id === policy.authorityId)?.name;
  const fallback = authorities.data?.find((one) => one.id === policy.fallbackId)?.name;
  const nameOf = (store: string): string | null => storeName(store, stores.data ?? []);
  const facts: Fact[] = [
    [en.endpoints.instanceId, <Hash key="id" value={endpoint.id} what={en.endpoints.instanceId} whole />],
    [en.endpoints.connection, connectionText(endpoint)],
    [en.endpoints.auth, login === null ? null : en.endpoints.auths[login.way]],
    ...storeFacts(login, stores.data ?? []),
    ...(identity === null
      ? []
      : [[identity.label, mono(pinned) ?? unpinned(identity.pinsFirst)] satisfies Fact]),
    ...(unverified === null
      ? []
      : [
          [
            en.endpoints.unverified,
            en.overview.unverifiedUntil(unverified.until, unverified.reason),
          ] satisfies Fact,
        ]),
    ...settingFacts(endpointDefinition(endpoint).facts(endpoint.settings)),
    ...settingFacts(secretFacts(endpointDefinition(endpoint).fields, endpoint.settings, nameOf)),
    [en.endpoints.autoApprove, policy.autoApprove ? en.endpoints.on : en.endpoints.offAsk],
    [en.endpoints.autoRenew, policy.autoRenew ? en.endpoints.on : en.endpoints.off],
    [en.endpoints.authority, authority ?? en.endpoints.defaultAuthority],
    [en.endpoints.fallback, fallback ?? en.endpoints.noFallback],
    [
      en.endpoints.keyType,
      policy.keyType === null ? en.endpoints.defaultKeyType : en.keyTypes[policy.keyType],
    ],
    [en.endpoints.addedAt, <Time key="at" at={endpoint.createdAt} date />],
  ];
  return (
    <Section title={en.endpoints.settings}>
      <Facts facts={facts} />
    </Section>
  );
}

/** What is known of who answers where nothing is pinned. */
const unpinned = (pinsFirst: boolean): string =>
  pinsFirst ? en.endpoints.noHostKey : en.endpoints.noFingerprint;

/** Which credential it logs in with, and the way there. */
function storeFacts(login: ConnectionLogin | null, stores: readonly CredentialStore[]): Fact[] {
  if (login === null || login.store === null) return [];
  const { store, storeCredentialId } = login;
  const name = storeName(store, stores) ?? en.endpoints.unknownStore;
  return [
    [
      en.endpoints.credentialStore,
      <InnerLink key="store" place={['credential-stores', store]}>
        {name}
      </InnerLink>,
    ],
    [
      en.endpoints.credentialId,
      storeCredentialId === null ? null : (
        <InnerLink key="credential" place={['credential-stores', store, storeCredentialId]}>
          {storeCredentialId}
        </InnerLink>
      ),
    ],
  ];
}
