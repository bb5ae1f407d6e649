import type { BeforeTls } from './node.ts';
import type { InstallPlan, PlannedListener } from './plan.ts';

/** What a plan says of the rest of the server: a sentence for each kind of comparison, and each place of it. */
interface ComparedPlaces {
  sentence: string;
  /** `blog.example at 127.0.0.1 port 443 (RSA)` */
  places: string[];
}

/** Empty where nothing is compared. */
export function comparedPlaces({ neighbours = [], listeners = [] }: InstallPlan): ComparedPlaces[] {
  const names = (expects: 'as-before' | 'new-certificate', must: string): ComparedPlaces => {
    const those = neighbours.filter((one) => one.expects === expects);
    const count = new Set(those.map(({ serverName }) => serverName)).size;
    const places = those.map(
      ({ serverName, keyAlgorithm, ...at }) =>
        `${serverName ?? 'no name'} at ${placeOf(at)}${keyAlgorithm === undefined ? '' : ` (${keyAlgorithm.toUpperCase()})`}${saidBefore(at)}`,
    );
    return { sentence: `${counted('other name', count)} ${must}`, places };
  };
  const all = [
    names('as-before', 'must be served as before.'),
    names('new-certificate', 'must show the new certificate too.'),
    {
      sentence: `${counted('address', listeners.length, 'es')} must still accept connections.`,
      places: listeners.map(placeOf),
    },
  ];
  return all.filter(({ places }) => places.length > 0);
}

/** What a plan knows of its node beside what it changes, one sentence each. */
export function knownOfNode({ onlyKeys, answers }: InstallPlan): string[] {
  const named = (names: readonly string[], how: string) =>
    names.length === 0 ? [] : [`${how}: ${names.join(', ')}.`];
  return [
    ...(onlyKeys === undefined
      ? []
      : [`Only ${onlyKeys.family.toUpperCase()} keys can be served here: ${onlyKeys.why}.`]),
    ...named(answers?.named ?? [], 'Names of the present certificate that the node has'),
    ...named(answers?.byDefault ?? [], 'Names that lead to the node as the default one'),
  ];
}

/** What is said there before the handshake, for the end of its place. */
export const saidBefore = ({ proxyProtocol, startTls }: BeforeTls): string =>
  `${proxyProtocol ? ', after a PROXY header' : ''}${startTls ? ', with STARTTLS' : ''}`;

const placeOf = ({ address, port }: PlannedListener): string => `${address} port ${port}`;

const counted = (what: string, count: number, ending = 's'): string =>
  `${count} ${what}${count === 1 ? '' : ending}`;
