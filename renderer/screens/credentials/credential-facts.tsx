import type { CredentialView } from '#shared/contract/credentials.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Mono } from '../../parts/hash.tsx';
import { en } from '../../text/en.ts';
import { revealLine } from './credential-text.ts';
import { UserLinks } from './users.tsx';

const words = en.credentials;

/** A credential as a window may show it: that there are secrets, not which. */
export function CredentialFacts({ view }: { view: CredentialView }) {
  const facts: Fact[] = [
    [words.id, <Mono key="id">{view.id}</Mono>],
    [words.store, view.store],
    [words.username, view.username ?? words.noUser],
    [words.password, view.hasPassword ? words.masked : null],
    [words.privateKey, view.hasPrivateKey ? (view.keySentence ?? words.masked) : null],
    [words.passphrase, view.hasPassphrase ? words.masked : null],
    [words.said, view.about.length === 0 ? null : view.about.join('; ')],
    [words.usedBy, <UserLinks key="used" users={view.usedBy} />],
  ];
  return <Facts facts={facts} />;
}

/** How to see the secrets after all, and why not here. */
export function RevealBox({ view }: { view: Pick<CredentialView, 'store' | 'id'> }) {
  return (
    <div>
      <CommandBox line={revealLine(view.store, view.id)} title={words.reveal} />
      <p style={{ marginBottom: 0 }}>{words.revealWhy}</p>
    </div>
  );
}
