import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import type { CredentialStoreSettings, HashicorpSettings } from '#shared/model/credential-store.ts';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { mono } from '../../parts/hash.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { isDefaultStore, kindLabel, whereText } from './store-text.ts';

const words = en.credentialStores;

export function StoreFacts({ store }: { store: CredentialStoreRow }) {
  const facts: Fact[] = [
    [words.kind, kindLabel(store.kind)],
    ...settingFacts(store.settings),
    [words.isDefault, isDefaultStore(store) ? words.defaultNote : null],
    [words.addedAt, <Time key="at" at={store.createdAt} date />],
  ];
  return (
    <Section title={words.settings}>
      <Facts facts={facts} />
    </Section>
  );
}

function settingFacts(settings: CredentialStoreSettings): Fact[] {
  switch (settings.kind) {
    case 'local':
      return [[words.where, whereText(settings)]];
    case 'hashicorp':
      return [
        [words.where, mono(settings.vaultUrl)],
        ...authFacts(settings),
        [words.rootPath, mono(settings.rootPath)],
        [words.namespace, settings.namespace],
        ...httpFacts(settings),
      ];
    case 'cyberark':
      return [
        [words.where, mono(settings.ccpUrl)],
        [words.appId, settings.appId],
        [words.certificate, settings.hasCertificate ? words.hasCertificate : words.noCertificate],
        [words.reason, settings.reason],
        ...httpFacts(settings),
      ];
    case 'delinea-secret-server':
      return [
        [words.where, mono(settings.url)],
        [words.account, settings.username],
        [words.domain, settings.domain],
        [words.comment, settings.comment],
        ...httpFacts(settings),
      ];
    default:
      return settings satisfies never;
  }
}

function authFacts({ auth, authMount }: HashicorpSettings): Fact[] {
  const type: Fact = [words.authtype, (en.choices as Record<string, string>)[auth.type] ?? auth.type];
  if (auth.type === 'Token') return [type];
  return [
    type,
    [words.roleId, auth.roleId],
    [words.secretFile, auth.type === 'AppRoleFile' ? mono(auth.secretFile) : null],
    [words.wrapped, auth.wrapped ? words.yes : words.no],
    [words.authMount, mono(authMount)],
  ];
}

function httpFacts({
  verify,
  trustedRootsPem,
}: Pick<HashicorpSettings, 'verify' | 'trustedRootsPem'>): Fact[] {
  return [
    [words.verify, mono(verify) ?? words.verifyNothing],
    [words.roots, trustedRootsPem === null ? words.systemRoots : words.ownRoots],
  ];
}
