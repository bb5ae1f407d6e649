/** A package to make: what electron-builder asks fpm for, as far as it is used here, and what the agent alone needs. */
export interface PackageOrder {
  kind: 'deb' | 'rpm';
  /** Where the package is written. */
  to: string;
  name: string;
  version: string;
  /** As Debian names it: `amd64`, `arm64`. */
  architecture: string;
  maintainer: string;
  /** One line. */
  summary: string;
  /** Paragraphs below it. */
  description: string;
  license: string;
  /** Null: none is told. */
  address: string | null;
  compression: string;
  depends: string[];
  recommends: string[];
  /** Packages that cannot be installed beside it, and in whose place it is installed. */
  conflicts: string[];
  /** Packages that it is besides, in the words of its kind. */
  provides: string[];
  /** Scripts, as files. */
  afterInstall: string;
  afterRemove: string;
  beforeRemove: string | null;
  /** Folders and files, and where they are in the package. */
  sources: { from: string; to: string }[];
  links: { at: string; to: string }[];
}

const repeated = new Set(['-d', '--deb-recommends', '--conflicts', '--link']);
const alone = new Set(['--force', '--debug']);

/**
 * Reads the words that electron-builder gives to fpm.
 * @throws on a flag that is not known: what it asks for must not be left out in silence.
 */
export function readOrder(words: readonly string[]): PackageOrder {
  const single = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const sources: PackageOrder['sources'] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (alone.has(word)) continue;
    if (!word.startsWith('-')) {
      sources.push(pairOf(word, 'from'));
      continue;
    }
    const equals = word.indexOf('=');
    const [flag, inline] =
      equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
    const value = inline ?? words[++at];
    if (!known.has(flag) || value === undefined) throw new Error(`This program knows no ${word}.`);
    if (repeated.has(flag)) lists.set(flag, [...(lists.get(flag) ?? []), value]);
    else single.set(flag, value);
  }
  return orderOf(single, lists, sources);
}

const known = new Set([
  ...repeated,
  ...[
    '-s',
    '-t',
    '--architecture',
    '--after-install',
    '--after-remove',
    '--before-remove',
    '--description',
    '--version',
  ],
  ...['--package', '--name', '--maintainer', '--vendor', '--url', '--category', '--license', '--iteration'],
  ...['--deb-priority', '--deb-compression', '--rpm-summary', '--rpm-os', '--rpm-compression', '--log'],
]);

function orderOf(
  single: ReadonlyMap<string, string>,
  lists: ReadonlyMap<string, string[]>,
  sources: PackageOrder['sources'],
): PackageOrder {
  const need = (flag: string): string => {
    const value = single.get(flag);
    if (value === undefined) throw new Error(`electron-builder said no ${flag}.`);
    return value;
  };
  const kind = need('-t');
  if (kind !== 'deb' && kind !== 'rpm') throw new Error(`This program makes no ${kind}.`);
  const [first = '', ...rest] = need('--description').split('\n');
  const address = single.get('--url') ?? null;
  return {
    kind,
    to: need('--package'),
    name: need('--name'),
    version: need('--version'),
    architecture: need('--architecture'),
    maintainer: need('--maintainer'),
    summary: single.get('--rpm-summary') ?? first,
    description: kind === 'rpm' ? need('--description') : rest.join('\n').trim(),
    license: single.get('--license') ?? 'unknown',
    address: address === null || URL.parse(address)?.hostname.endsWith('.invalid') ? null : address,
    compression: need(`--${kind}-compression`),
    depends: lists.get('-d') ?? [],
    recommends: lists.get('--deb-recommends') ?? [],
    conflicts: lists.get('--conflicts') ?? [],
    provides: [],
    afterInstall: need('--after-install'),
    afterRemove: need('--after-remove'),
    beforeRemove: single.get('--before-remove') ?? null,
    sources,
    links: (lists.get('--link') ?? []).map((word) => pairOf(word, 'at')),
  };
}

function pairOf<Key extends string>(word: string, key: Key): Record<Key | 'to', string> {
  const at = word.indexOf('=');
  if (at === -1) throw new Error(`"${word}" has no =.`);
  return { [key]: word.slice(0, at), to: word.slice(at + 1) } as Record<Key | 'to', string>;
}
