import type { AcmeSettings } from '#shared/catalog/authorities/acme.ts';
import type { AuthorityProvider, AuthorityState } from '../authority.ts';
import { AcmeAuthority } from './acme.ts';

export const acme: AuthorityProvider<AcmeSettings> = {
  make,
  makeAt: (directoryUrl, { settings, state, ...parts }) =>
    make({ ...parts, settings: { ...settings, directoryUrl }, state: apart(state) }),
};

function make({
  http,
  responder,
  alpnResponder,
  dns,
  ...parts
}: Parameters<AuthorityProvider<AcmeSettings>['make']>[0]): AcmeAuthority {
  return new AcmeAuthority({
    ...parts,
    http: http(),
    responder: responder(),
    alpnResponder: alpnResponder(),
    dns: dns(),
  });
}

/** What an account at the test directory keeps lies beside that of the real one. The binding is that of both. */
function apart(state: AuthorityState): AuthorityState {
  const named = (name: string) => (name === boundKey ? name : `test-${name}`);
  return {
    secret: (name) => state.secret(named(name)),
    keepSecret: (name, value) => state.keepSecret(named(name), value),
    dropSecret: (name) => state.dropSecret(named(name)),
    note: (name) => state.note(named(name)),
    keepNote: (name, value) => state.keepNote(named(name), value),
    once: (name, work) => state.once(named(name), work),
  };
}

const boundKey = 'eab-hmac';
