import { applyLines } from '../../electron/providers/endpoints/common/configuration-lines.ts';
import { readXml, type XmlDocument, type XmlElement } from '../../electron/providers/endpoints/tomcat/xml.ts';
import {
  type Splice,
  withAttribute,
  withChild,
  withoutAttribute,
} from '../../electron/providers/endpoints/tomcat/xml-edit.ts';
import { Failure } from '../../shared/failure.ts';
import { type Chance, makeChance } from './random.ts';
import { mainPath, randomServerXml, type ServerXml } from './server-xml.ts';

/** What an element says, without its places. */
interface Plain {
  name: string;
  attributes: [string, string][];
  children: Plain[];
}

const newValues = ['/opt/tomcat/conf/trustkeep/a.crt', 'a & "b" <c> \'d\'', 'Zürich/ключ.key', ''];

/**
 * One random document, one random edit of it: what is read afterwards must be what was meant, and nothing else. Null: it is; else what is wrong.
 * `edited`: the edit could be made, which it cannot where the text belongs to an entity.
 */
export async function serverXmlRound(seed: number): Promise<{ wrong: string | null; edited: boolean }> {
  const chance = makeChance(seed);
  return editedOnce(randomServerXml(chance), chance);
}

/** The same with these files. Rejects as a reader of them does. */
export async function editedOnce(
  files: ServerXml,
  chance: Chance,
): Promise<{ wrong: string | null; edited: boolean }> {
  const document = await read(files);
  const all = elementsOf(document.root);
  const at = chance.int(all.length);
  const element = all[at];
  if (element === undefined) return { wrong: 'no element', edited: false };
  const expected = plain(document.root);
  const target = plainsOf(expected)[at];
  if (target === undefined) return { wrong: 'no element', edited: false };
  const splice = edit(chance, document, element, target);
  if (splice === null || splice === undefined) return { wrong: null, edited: false };
  const before = files[splice.path] ?? Buffer.alloc(0);
  const after = applyLines(before, [splice]);
  const wrong = differs(await read({ ...files, [splice.path]: after }), expected);
  return { wrong: wrong ?? lineEnds(before, after), edited: true };
}

const read = (files: ServerXml): Promise<XmlDocument> =>
  readXml(mainPath, async (path) => {
    const bytes = files[path];
    if (bytes === undefined) throw new Failure('file.missing', `${path} is not there.`);
    return bytes;
  });

/** Makes the edit, and the same change to what is expected. */
function edit(
  chance: Chance,
  document: XmlDocument,
  element: XmlElement,
  target: Plain,
): Splice | null | undefined {
  const value = chance.pick(newValues);
  const name = chance.pick([...element.attributes.keys(), 'certificateFile', 'added']);
  switch (chance.int(3)) {
    case 0: {
      const present = target.attributes.find(([one]) => one === name);
      if (present === undefined) target.attributes.push([name, value]);
      else present[1] = value;
      return withAttribute(document, element, name, value);
    }
    case 1:
      target.attributes = target.attributes.filter(([one]) => one !== name);
      return withoutAttribute(document, element, name);
    default:
      return putIn(chance, document, element, { target, value });
  }
}

function putIn(
  chance: Chance,
  document: XmlDocument,
  element: XmlElement,
  { target, value }: { target: Plain; value: string },
): Splice | null {
  const child: Plain = { name: 'Certificate', attributes: [['certificateFile', value]], children: [] };
  const alone = chance.int(2) === 0;
  target.children.unshift(alone ? child : { name: 'SSLHostConfig', attributes: [], children: [child] });
  const names = alone ? (['Certificate'] as const) : (['SSLHostConfig', 'Certificate'] as const);
  return withChild(document, element, names, { certificateFile: value });
}

const elementsOf = (element: XmlElement): XmlElement[] => [element, ...element.children.flatMap(elementsOf)];
const plainsOf = (one: Plain): Plain[] => [one, ...one.children.flatMap(plainsOf)];

const plain = ({ name, attributes, children }: XmlElement): Plain => ({
  name,
  attributes: [...attributes.values()].map((one) => [one.name, one.value]),
  children: children.map(plain),
});

function differs({ root }: XmlDocument, expected: Plain): string | null {
  const [is, should] = [JSON.stringify(plain(root)), JSON.stringify(expected)];
  return is === should ? null : `${is} instead of ${should}`;
}

/** A file with one kind of line end has it still. */
function lineEnds(before: Buffer, after: Buffer): string | null {
  const bare = (bytes: Buffer) => /(?<!\r)\n/.test(bytes.toString('latin1'));
  return !bare(before) && bare(after) ? 'a line end is another' : null;
}
