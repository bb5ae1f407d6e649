import type { Found } from '#shared/model/found.ts';
import type { Client } from '../../bridge/bridge.ts';
import { go } from '../../bridge/location.ts';
import type { Recent } from '../../bridge/recent.ts';
import { dateOf, shortHash } from '../../parts/format.ts';
import { en } from '../../text/en.ts';
import { navigation } from '../places.ts';

/** What opens over the window: a form that a screen has. */
export type Opens =
  | { form: 'endpoint' | 'authority' | 'credential-store' }
  | { form: 'request'; node: string; endpoint: string };

/** One line of the palette. */
export interface Item {
  id: string;
  /** Beside its title: `Node`, `Screen`, `Action`. */
  kind: string;
  title: string;
  /** Where it leads; remembered as recent. */
  place?: readonly string[];
  opens?: Opens;
  /** Does it, and gives the place where the result is seen. */
  run?(): Promise<readonly string[]>;
}

const words = en.palette;
const { kinds } = words;

/** All screens, and the sheets within them. */
export const screenItems: readonly Item[] = [
  ...navigation.map(({ place, label }) => screen(label, place)),
  screen(en.orders.title, 'certificates', 'orders'),
  screen(en.notifications.title, 'notifications'),
];

function screen(title: string, ...place: string[]): Item {
  return { id: `screen:${place.join('/')}`, kind: kinds.screen, title, place };
}

const opening = (form: 'endpoint' | 'authority' | 'credential-store', title: string): Item => ({
  id: `add:${form}`,
  kind: kinds.action,
  title,
  opens: { form },
});

/** What can be done without a word about what it is done to. */
export function generalActions(client: Client, waiting: number): readonly Item[] {
  const approve = { id: 'approve', kind: kinds.action, title: words.approve(waiting), place: ['approvals'] };
  return [
    ...(waiting > 0 ? [approve] : []),
    opening('endpoint', en.endpoints.add),
    opening('authority', en.authorities.add),
    opening('credential-store', en.credentialStores.add),
    {
      id: 'audit:verify',
      kind: kinds.action,
      title: words.verifyAudit,
      run: async () => {
        const { firstBad } = await client.audit.verify({});
        return firstBad === null ? ['audit'] : ['audit', String(firstBad.number)];
      },
    },
    { id: 'proxy:test', kind: kinds.action, title: words.testProxy, place: ['proxy'] },
  ];
}

/** Where a found thing is shown. */
export function foundItem(found: Found): Item {
  return {
    id: `${found.kind}:${found.id}`,
    kind: kindOf(found),
    title: found.name,
    place: placeOf(found),
  };
}

/** Certificates of one name are told apart by their ends, and by their fingerprints where one was renewed on the same day. */
function kindOf({ kind, id, notAfter }: Found): string {
  if (notAfter === null) return kinds[kind];
  return [kinds[kind], en.certificates.until(dateOf(notAfter)), shortHash(id)].join(', ');
}

function placeOf({ kind, id, endpointId }: Found): string[] {
  if (kind === 'certificate') return ['certificates', id];
  return kind === 'endpoint' ? ['endpoints', id] : ['endpoints', endpointId ?? '', id];
}

export const recentItem = ({ id, kind, title, place }: Recent): Item => ({ id, kind, title, place });

type Verb = keyof typeof words.verbs;

const verbs = Object.keys(words.verbs) as Verb[];

/** `renew shop` asks for the verb with what the rest finds; at least two letters of the verb. */
export function asVerb(text: string): { verb: Verb; rest: string } | null {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  if (first.length < 2) return null;
  const verb = verbs.find((one) => words.verbs[one]('').toLowerCase().trim().startsWith(first.toLowerCase()));
  return verb === undefined ? null : { verb, rest: rest.join(' ') };
}

/** What can be done to a found thing, this one verb or all. */
export function actionsOn(found: Found, client: Client, only?: Verb): Item[] {
  return verbs
    .filter((verb) => only === undefined || verb === only)
    .flatMap((verb) => {
      const does = doing(verb, found, client);
      if (does === null) return [];
      const title = words.verbs[verb](found.name);
      return [{ id: `${verb}:${found.id}`, kind: kinds.action, title, ...does }];
    });
}

function doing(verb: Verb, found: Found, client: Client): Pick<Item, 'opens' | 'run'> | null {
  const { kind, id, endpointId } = found;
  const task = ({ taskId }: { taskId: string }): readonly string[] => ['tasks', taskId];
  switch (verb) {
    case 'request':
      if (kind !== 'node' || !found.requestable || endpointId === null) return null;
      return { opens: { form: 'request', node: id, endpoint: endpointId } };
    case 'renew':
      if (kind !== 'node' || !found.managed || !found.requestable) return null;
      return { run: async () => task(await client.certificates.renew({ node: id })) };
    case 'verify':
      if (kind !== 'node') return null;
      return { run: () => client.nodes.verify({ node: id }).then(() => placeOf(found)) };
    case 'discover':
      if (kind !== 'endpoint') return null;
      return { run: async () => task(await client.endpoints.discover({ endpoint: id })) };
    case 'probe':
      if (kind !== 'endpoint') return null;
      return { run: () => client.endpoints.probe({ endpoint: id }).then(() => placeOf(found)) };
    default:
      return verb satisfies never;
  }
}

/** Goes there, when there is where to go. */
export function follow(place: readonly string[] | undefined): void {
  if (place !== undefined) go(...place);
}
