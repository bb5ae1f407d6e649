import { Failure } from '#shared/failure.ts';
import { ipText } from '../../../pki/ip.ts';
import { normalizeNames } from '../../../pki/names.ts';

/** The subtrees as they go into the root: `.corp.example` and `*.corp.example` mean `corp.example`. */
export function permittedSubtrees(names: readonly string[]): string[] {
  const bases = names.map((name) => name.trim().replace(/^\*?\./, ''));
  const address = bases.find((base) => ipText(base) !== null);
  if (address !== undefined) {
    throw new Failure('names.invalid', `The permitted name ${address} is an IP address.`, {
      hint: 'Permitted names are DNS names, such as corp.example; names below them are permitted too.',
    });
  }
  return bases.length === 0 ? [] : normalizeNames(bases);
}

/** Whether a normalized name is at or below one of the subtrees. IP addresses never are. */
export function isPermitted(name: string, subtrees: readonly string[]): boolean {
  if (ipText(name) !== null) return false;
  const host = name.startsWith('*.') ? name.slice(2) : name;
  return subtrees.some((subtree) => host === subtree || host.endsWith(`.${subtree}`));
}
