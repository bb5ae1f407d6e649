import { connectionCatalog } from '#shared/catalog/connections/index.ts';

/** Codes by which a connection says that the host shows another identity than the pinned one. */
const identityChanged = Object.values(connectionCatalog).flatMap(({ identity }) => identity?.changed ?? []);

const compareIdentity =
  'The connection may be intercepted. If the host was rebuilt, probe the endpoint: its checks offer to accept the new key.';

/** What to do about a failure, by its code, where the window knows better than the sentence's source. */
export const hints: Readonly<Record<string, string>> = {
  'input.invalid': 'Correct the marked fields and send again.',
  ...Object.fromEntries(identityChanged.map((code) => [code, compareIdentity])),
};
