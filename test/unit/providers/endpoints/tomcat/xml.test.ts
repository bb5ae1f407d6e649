import { describe, expect, it } from 'vitest';
import { makeChance } from '#test/make/random.ts';
import { serverXmlRound } from '#test/make/server-xml-rounds.ts';
import { readXml } from '../../../../../electron/providers/endpoints/tomcat/xml.ts';
import { NotXml } from '../../../../../electron/providers/endpoints/tomcat/xml-doctype.ts';
import { ofXml } from '../../../../../scripts/campaign/fuzz/of-xml.ts';
import { readOne } from '../../../../../scripts/campaign/fuzz/read-one.ts';
import type { Reader } from '../../../../../scripts/campaign/fuzz/reader.ts';
import { Tally } from '../../../../../scripts/campaign/fuzz/tally.ts';

const path = '/opt/tomcat/conf/server.xml';
const read = (text: string | Buffer, others: Record<string, string> = {}) =>
  readXml(path, async (one) => {
    const found = one === path ? text : others[one];
    if (found === undefined) throw new Error(`asked for ${one}`);
    return Buffer.from(found as string);
  });

describe('an editor of server.xml', () => {
  it('changes what it is asked to and nothing else, in 500 random documents', async () => {
    let edited = 0;
    for (let seed = 1; seed <= 500; seed++) {
      const round = await serverXmlRound(seed);
      expect([seed, round.wrong]).toEqual([seed, null]);
      if (round.edited) edited++;
    }
    expect(edited).toBeGreaterThan(250);
  });
});

describe('a broken server.xml', () => {
  it('is refused in words of its own, or read and edited as any other', async () => {
    const tally = new Tally();
    const [reader] = ofXml();
    const chance = makeChance(7);
    for (let round = 0; round < 1000; round++) await readOne(reader as Reader, chance, tally);
    expect(tally.findings).toEqual([]);
    expect(tally.figures().map(([what]) => what)).toEqual(['server.xml: read', 'server.xml: refused']);
  });
});

describe('a reader of server.xml', () => {
  it.each([
    ['<Server><Service></Server>', 'unexpected close tag'],
    ['<Server a="1" a="2"/>', 'duplicate attribute'],
    ['<Server a=1/>', 'unquoted'],
    ['not XML', 'outside of root'],
    ['', 'must contain a root element'],
    ['<Server>&unknown;</Server>', 'undefined entity'],
    ['<!DOCTYPE Server [<!ENTITY a "&b;"><!ENTITY b "&a;">]><Server>&a;</Server>', 'leads back to itself'],
    ['<!DOCTYPE Server [<!ENTITY a "x', 'cannot be read'],
    [
      '<!DOCTYPE Server [<!ENTITY a SYSTEM "http://10.0.0.1/a.xml">]><Server>&a;</Server>',
      'only files of the same host',
    ],
    [Buffer.from([0x3c, 0xff, 0xfe, 0x3e]), 'not text in the encoding utf-8'],
    ['<?xml version="1.0" encoding="klingon"?><Server/>', 'klingon is not known'],
  ])('says what is wrong with %s', async (text, reason) => {
    await expect(read(text)).rejects.toThrow(reason);
  });

  it('refuses entities that grow without end, soon', async () => {
    const nested = Array.from({ length: 15 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`);
    const subset = ['<!ENTITY e0 "<Connector/>">', ...nested].join('');
    await expect(read(`<!DOCTYPE Server [${subset}]><Server>&e15;</Server>`)).rejects.toThrow('too often');
    const quick = await read(`<!DOCTYPE Server [${subset.replace('<Connector/>', '')}]><Server/>`);
    expect(quick.root.name).toBe('Server');
  });

  it('answers soon, whatever is begun over and over and has no end', async () => {
    const begun = [
      '<!--',
      '<![CDATA[',
      '<?',
      '<',
      '<a ',
      '<a "',
      "<a '",
      '&',
      '&amp;',
      '<!ENTITY a "',
      '"',
      ' ',
    ];
    for (const one of begun)
      for (const at of ['<Server>HERE</Server>', '<Server HERE/>', '<!DOCTYPE Server [HERE]><Server/>']) {
        const start = process.cpuUsage();
        const answer = await read(at.replace('HERE', one.repeat(20_000))).catch((error: unknown) => error);
        const { user } = process.cpuUsage(start);
        expect([one, at, answer instanceof Error ? answer.constructor : NotXml]).toEqual([one, at, NotXml]);
        expect([one, at, user < 1_000_000]).toEqual([one, at, true]);
      }
  });

  it('refuses values that grow without end, wherever they are named', async () => {
    const large = `<!ENTITY a "${'x'.repeat(900_000)}">`;
    const names = '&a;'.repeat(2000);
    const named = [`<!DOCTYPE Server [${large}]><Server a="${names}"/>`];
    named.push(`<!DOCTYPE Server [${large}<!ENTITY b "${names}">]><Server a="&b;"/>`);
    for (const text of named) await expect(read(text)).rejects.toThrow(NotXml);
  });

  it('reads a file that an entity names, and knows which file an element is in', async () => {
    const text =
      '<!DOCTYPE Server [<!ENTITY c SYSTEM "file:///opt/tomcat/conf/c%20d.xml">]><Server>&c;</Server>';
    const { root, whole } = await read(text, {
      '/opt/tomcat/conf/c d.xml': '<?xml version="1.0"?>\n<Connector port="1"/>',
    });
    expect(root.children.map((one) => one.attributes.get('port')?.value)).toEqual(['1']);
    expect([...whole.sources.keys()]).toEqual([path, '/opt/tomcat/conf/c d.xml']);
  });

  it('takes the first of two declarations, and leaves comments as they are', async () => {
    const declared = `<!ENTITY a "one"><!ENTITY a "two"><!ENTITY c "--><Connector/><!--">`;
    const { root } = await read(`<!DOCTYPE Server [${declared}]><Server a="&a;"><!-- it's &c; --></Server>`);
    expect(root.attributes.get('a')?.value).toBe('one');
    expect(root.children).toEqual([]);
  });

  it('reads UTF-16 and does not offer to edit it', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<Server a="é"/>', 'utf16le')]);
    const { root, whole } = await read(utf16);
    expect(root.attributes.get('a')?.value).toBe('é');
    expect(whole.sources.get(path)?.byteAt).toBeNull();
  });
});
