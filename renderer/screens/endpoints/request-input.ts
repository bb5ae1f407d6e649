import type { KeyType } from '#shared/model/certificate.ts';
import type { KeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { CommandLine } from '../../parts/command-line.ts';
import { commandLine } from '../../parts/command-line.ts';
import { distinct } from '../../parts/format.ts';

/** What the dialog holds; empty text means: left to the agent. */
export interface RequestForm {
  names: string;
  authority: string;
  keyType: KeyType | '';
  keyPlace: '' | KeyPairPlace;
  profile: string;
  days: string;
  newOrder: boolean;
  /** Further nodes, `endpoint/node`, by commas or lines. */
  also: string;
}

interface RequestInput {
  node: string;
  names?: string[];
  authority?: string;
  key_type?: KeyType;
  profile?: string;
  days?: number;
  key_place?: KeyPairPlace;
  new_order?: boolean;
  also?: string[];
}

/** Names a certificate can hold among those a node answers for: no regular expressions, no catch-all. */
export function requestableNames(node: Pick<EndpointNode, 'serverNames' | 'certificate'>): string[] {
  const plain = node.serverNames
    .map((name) => name.toLowerCase())
    .filter(
      (name) =>
        /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name) ||
        isAddress(name),
    );
  return distinct(plain.length > 0 ? plain : (node.certificate?.names ?? []));
}

function isAddress(name: string): boolean {
  return /^[0-9a-f:]*:[0-9a-f:.]*$/.test(name);
}

/** Lines and commas part names; a blank within one stays, for the agent to say that it is no name. */
function splitNames(text: string): string[] {
  const names = text.split(/[\n\r,]+/).map((name) => name.trim());
  return distinct(names.filter((name) => name !== ''));
}

export function requestInput(node: string, form: RequestForm): RequestInput {
  const names = splitNames(form.names);
  const also = splitNames(form.also);
  return {
    node,
    ...(names.length > 0 ? { names } : {}),
    ...(form.authority === '' ? {} : { authority: form.authority }),
    ...(form.keyType === '' ? {} : { key_type: form.keyType }),
    ...(form.profile.trim() === '' ? {} : { profile: form.profile.trim() }),
    ...(form.days.trim() === '' ? {} : { days: Number(form.days) }),
    ...(form.keyPlace === '' ? {} : { key_place: form.keyPlace }),
    ...(form.newOrder ? { new_order: true } : {}),
    ...(also.length > 0 ? { also } : {}),
  };
}

/** What is wrong with the form, by field; empty when nothing is. */
export function requestProblems(
  form: RequestForm,
  words: { noNames: string; blank(name: string): string; days: string },
): { names?: string; days?: string } {
  const names = splitNames(form.names);
  const blank = names.find((name) => /\s/.test(name));
  const days = Number(form.days);
  const daysFit = form.days.trim() === '' || (Number.isInteger(days) && days >= 1 && days <= 825);
  return {
    ...(names.length === 0 ? { names: words.noNames } : {}),
    ...(blank === undefined ? {} : { names: words.blank(blank) }),
    ...(daysFit ? {} : { days: words.days }),
  };
}

export function requestCommand(node: EndpointNode, input: RequestInput): CommandLine {
  const { node: _id, ...flags } = input;
  return commandLine('certificates request', `${node.endpointName}/${node.name}`, flags);
}
