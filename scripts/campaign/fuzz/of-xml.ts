import { NotXml } from '../../../electron/providers/endpoints/tomcat/xml-doctype.ts';
import { Failure } from '../../../shared/failure.ts';
import { type Chance, makeChance } from '../../../test/make/random.ts';
import { mainPath, randomServerXml, type ServerXml } from '../../../test/make/server-xml.ts';
import { editedOnce } from '../../../test/make/server-xml-rounds.ts';
import { breakBytes } from './break-der.ts';
import type { Reader } from './reader.ts';
import { breakText } from './texts.ts';

const samples = 100;
/** More processor time than this for one document is a finding. */
const mostMs = 1000;
const special = [
  '<',
  '>',
  '/>',
  '</',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '"',
  "'",
  '&',
  '&pw;',
  ']>',
];

/** Of a Tomcat: documents that are broken, and what can still be read edited, which must be what was asked for and nothing else. */
export function ofXml(): Reader[] {
  const chance = makeChance(45);
  const made = Array.from({ length: samples }, () => randomServerXml(chance));
  const others = Object.assign({}, ...made) as ServerXml;
  return [
    {
      name: 'server.xml',
      share: 20,
      make(from: Chance) {
        const bytes = from.pick(made)[mainPath] ?? Buffer.alloc(0);
        if (from.int(3) === 0) return breakBytes(bytes, from);
        return Buffer.from(breakText(bytes.toString('utf8'), special, from));
      },
      async read(bytes) {
        const start = process.cpuUsage();
        const { wrong } = await editedOnce({ ...others, [mainPath]: bytes }, makeChance(bytes.length));
        const { user, system } = process.cpuUsage(start);
        if ((user + system) / 1000 > mostMs) throw new Error('it took too long');
        if (wrong !== null) throw new Error(wrong);
      },
      refuses: (error) =>
        error instanceof NotXml || (error instanceof Failure && error.code === 'file.missing'),
    },
  ];
}
