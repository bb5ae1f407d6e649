import { children, contextTag, readFirst, tags } from '../../../electron/pki/der.ts';
import { element } from '../../../electron/pki/write-der.ts';
import type { Chance } from '../../../test/make/random.ts';

/** An element of a certificate that can be taken apart and put together otherwise. */
interface Tree {
  tag: number;
  inside: Tree[] | null;
  contents: Buffer;
}

/** The same bytes with some of them changed, left out or put in. */
export function breakBytes(bytes: Buffer, chance: Chance): Buffer {
  let changed = Buffer.from(bytes);
  for (let count = 0; count <= chance.int(3); count += 1) {
    const at = chance.int(changed.length || 1);
    switch (chance.int(5)) {
      case 0:
        changed = Buffer.concat([
          changed.subarray(0, at),
          chance.bytes(1 + chance.int(8)),
          changed.subarray(at),
        ]);
        break;
      case 1:
        changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1 + chance.int(8))]);
        break;
      case 2:
        changed[at] = (changed[at] ?? 0) ^ (1 << chance.int(8));
        break;
      case 3:
        changed = chance.int(8) === 0 ? changed.subarray(0, at) : changed;
        break;
      default:
        changed[at] = chance.pick([0, 1, 0x7f, 0x80, 0xff, chance.int(256)]);
    }
  }
  return changed;
}

/** The same structure with elements changed, left out, doubled, swapped, nested or taken from another one. */
export function breakStructure(der: Buffer, other: Buffer, chance: Chance): Buffer {
  const tree = treeOf(der);
  const strange = nodesOf(treeOf(other));
  for (let count = 0; count <= chance.int(2); count += 1) change(chance.pick(nodesOf(tree)), strange, chance);
  return encode(tree, chance);
}

function treeOf(der: Buffer): Tree {
  const { tag, contents } = readFirst(der);
  return { tag, inside: insideOf(tag, contents), contents };
}

/** Elements of constructed ones, and of octet strings that hold nothing but elements, as extensions do. */
function insideOf(tag: number, contents: Buffer): Tree[] | null {
  if ((tag & 0x20) === 0 && tag !== tags.octetString) return null;
  try {
    const parts = children({ tag, contents, whole: contents });
    return parts.length === 0 ? null : parts.map(({ whole }) => treeOf(whole));
  } catch {
    return null;
  }
}

const copyOf = (tree: Tree): Tree => ({ ...tree, inside: tree.inside?.map(copyOf) ?? null });
const nodesOf = (tree: Tree): Tree[] => [tree, ...(tree.inside ?? []).flatMap(nodesOf)];
const somewhere = (list: readonly Tree[], chance: Chance): number => chance.int(list.length || 1);
const otherTags = [
  ...Object.values(tags),
  ...[0, 1, 2, 3, 7].flatMap((n) => [contextTag(n, true), contextTag(n, false)]),
];

function change(node: Tree, strange: readonly Tree[], chance: Chance): void {
  const { inside } = node;
  if (inside !== null && inside.length > 0) changeInside(node, inside, strange, chance);
  else changeContents(node, chance);
}

function changeContents(node: Tree, chance: Chance): void {
  switch (chance.int(4)) {
    case 0:
      node.tag = chance.pick(otherTags);
      return;
    case 1:
      node.contents = breakBytes(node.contents, chance);
      return;
    case 2:
      node.contents = chance.bytes(chance.int(40));
      return;
    default:
      node.contents = Buffer.alloc(0);
  }
}

function changeInside(node: Tree, inside: Tree[], strange: readonly Tree[], chance: Chance): void {
  const at = somewhere(inside, chance);
  const one = inside[at];
  if (one === undefined) return;
  switch (chance.int(6)) {
    case 0:
      inside.splice(at, 1);
      return;
    case 1:
      inside.splice(somewhere(inside, chance), 0, copyOf(one));
      return;
    case 2:
      inside.splice(somewhere(inside, chance), 0, ...inside.splice(at, 1));
      return;
    case 3:
      inside[at] = { tag: chance.pick(otherTags), inside: [one], contents: one.contents };
      return;
    case 4:
      node.tag = chance.pick(otherTags);
      return;
    default:
      inside[at] = copyOf(chance.pick(strange)); // or a later change could put it into itself
  }
}

/** Now and then with a length in more octets than it takes. */
function encode(tree: Tree, chance: Chance): Buffer {
  const contents =
    tree.inside === null ? tree.contents : Buffer.concat(tree.inside.map((one) => encode(one, chance)));
  const whole = element(tree.tag, contents);
  if (chance.int(400) !== 0) return whole;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(contents.length);
  return Buffer.concat([Buffer.of(tree.tag, 0x84), length, contents]);
}
