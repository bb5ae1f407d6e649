import type { InstallPlan } from './plan.ts';

const shown = 3;

/** What a plan says of the rest of the server, one sentence for each kind of comparison; empty where nothing is compared. */
export function comparedSentences({ neighbours = [], listeners = [] }: InstallPlan): string[] {
  const names = (expects: 'as-before' | 'new-certificate') => [
    ...new Set(
      neighbours
        .filter((one) => one.expects === expects)
        .map((one) => one.serverName ?? `${one.address} port ${one.port}`),
    ),
  ];
  const [same, renewed] = [names('as-before'), names('new-certificate')];
  const sentences = [
    same.length === 0 ? null : `${named('other name', same)} must be served as before.`,
    renewed.length === 0 ? null : `${named('other name', renewed)} must show the new certificate too.`,
    listeners.length === 0
      ? null
      : `${counted('address', listeners.length, 'es')} must still accept connections.`,
  ];
  return sentences.filter((sentence) => sentence !== null);
}

function named(what: string, names: readonly string[]): string {
  const rest = names.length - shown;
  const list = `${names.slice(0, shown).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `${counted(what, names.length)} (${list})`;
}

const counted = (what: string, count: number, ending = 's'): string =>
  `${count} ${what}${count === 1 ? '' : ending}`;
