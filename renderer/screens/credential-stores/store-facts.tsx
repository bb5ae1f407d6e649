import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import { isKeptHere, storeDefinition } from '#shared/model/credential-store.ts';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Section } from '../../parts/section.tsx';
import { settingFacts } from '../../parts/setting-facts.ts';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { isDefaultStore, kindLabel } from './store-text.ts';

const words = en.credentialStores;

export function StoreFacts({ store }: { store: CredentialStoreRow }) {
  const facts: Fact[] = [
    [words.kind, kindLabel(store.kind)],
    [words.where, isKeptHere(store) ? words.here : null],
    ...settingFacts(storeDefinition(store).facts(store.settings)),
    [words.isDefault, isDefaultStore(store) ? words.defaultNote : null],
    [words.addedAt, <Time key="at" at={store.createdAt} date />],
  ];
  return (
    <Section title={words.settings}>
      <Facts facts={facts} />
    </Section>
  );
}
