import { posix } from 'node:path';
import { inSlices } from '#kit/in-slices.ts';
import { type Configuration, fullPath } from './commands.ts';
import { type Directive, walk } from './dump.ts';
import { textsOf } from './lines.ts';

/** A file that a directive names. */
export interface Reference {
  /** Full path, null with `notAFile`. */
  path: string | null;
  /** Why it names no file: a variable, `pkcs11:`… */
  notAFile: string | null;
  directive: Directive;
  /** Inherited from the server around. */
  inherited: boolean;
  /** Is in text that is read only once. */
  once: boolean;
  /** Is besides in the virtual host itself: may be changed for this host alone. */
  own: boolean;
}

/** How often a line takes part: more than once when its file is included more than once, by whichever name. */
export type UsesOf = (directive: Directive) => number;

export async function countUses(tree: readonly Directive[], real: (path: string) => string): Promise<UsesOf> {
  const uses = new Map<string, number>();
  await inSlices(walk(tree), (directive) => {
    if (!mayChange.test(directive.name)) return;
    const id = idOf(directive, real);
    uses.set(id, (uses.get(id) ?? 0) + 1);
  });
  return (directive) => (isText(directive) ? (uses.get(idOf(directive, real)) ?? 0) : 2);
}

/** What an install may change, or put lines into. */
const mayChange = /^(?:virtualhost|sslcertificate\w*)$/;

export const idOf = ({ file, line }: Directive, real: (path: string) => string): string =>
  `${real(file)}:${line}`;

/** The text of a macro is nowhere as it is read, and belongs to all that use it. */
export const isText = ({ file }: Directive): boolean => posix.isAbsolute(file);

/** What one level, the server or a virtual host, says itself. */
export interface Level {
  /** `fits`: of those that it takes. */
  last(name: string, fits?: (directive: Directive) => boolean): Directive | undefined;
  all(name: string): Directive[];
  certificates: Reference[];
  keys: Reference[];
  chain: Reference | null;
}

export function levelOf(
  directives: readonly Directive[],
  configuration: Configuration,
  uses: UsesOf,
  inHost: boolean,
): Level {
  const byName = Map.groupBy(directives, ({ name }) => name);
  const all = (name: string) => byName.get(name) ?? [];
  const refer = (directive: Directive): Reference => {
    const value = textsOf(directive.args)[0] ?? '';
    const notAFile = whyNoFile(value);
    const path = notAFile === null ? fullPath(value, configuration) : null;
    const once = uses(directive) === 1;
    return { path, notAFile, directive, inherited: !inHost, once, own: inHost && once };
  };
  const chain = all('sslcertificatechainfile').at(-1);
  return {
    last: (name, fits = () => true) => all(name).findLast(fits),
    all,
    certificates: all('sslcertificatefile').map(refer),
    keys: all('sslcertificatekeyfile').map(refer),
    chain: chain === undefined ? null : refer(chain),
  };
}

function whyNoFile(value: string): string | null {
  if (/^pkcs11:/i.test(value)) return 'it is on a PKCS #11 token (pkcs11:…), not in a file';
  if (/^\w+:/.test(value)) return `it is set as "${value.split(':')[0]}:…", not as a file`;
  if (value.includes('\ufffd')) return `its path is not text in UTF-8 (${value})`;
  return value.includes('${') ? `its path contains a variable that could not be told (${value})` : null;
}
