import type { Chance } from './random.ts';

/** The files of a random `server.xml`, by their path. */
export type ServerXml = Record<string, Buffer>;

export const mainPath = '/opt/tomcat/conf/server.xml';
const partPath = '/opt/tomcat/conf/part.xml';

const values = [
  '8443',
  'conf/a.crt',
  `\${app.home}/a&amp;b.p12`,
  '&pw;',
  'caf&#xe9;',
  'a > b',
  '',
  "it's",
  'x y',
];
const attributeNames = [
  'port',
  'address',
  'SSLEnabled',
  'certificateFile',
  'certificateKeyFile',
  'type',
  'xml:base',
];
const noise = [
  '<!-- <Connector port="1" SSLEnabled="true"/> &notAnEntity; -->',
  '<!-- it\'s > "not" & here -->',
  '<?php echo "<Certificate/>"; ?>',
  '<![CDATA[<SSLHostConfig> & ]]>',
  'text &amp; &#65; text',
  '&words;',
];

/** A well-formed configuration with everything in it that an editor could trip over; the same seed gives the same one. */
export function randomServerXml(chance: Chance): ServerXml {
  const line = chance.pick(['\n', '\n', '\r\n']);
  const latin1 = chance.int(4) === 0;
  const external = chance.int(3) === 0;
  const subset = [
    `<!ENTITY pw "chang&#101;it">`,
    "<!ENTITY pw 'the first one counts'>",
    '<!-- <!ENTITY words "no"> it\'s a comment -->',
    `<!ENTITY words "one <!-- ${chance.int(100)} --> two">`,
    '<!ELEMENT Server ANY>',
    '<!ENTITY inner "<Connector port=\'9999\'/>">',
    ...(external ? ['<!ENTITY part SYSTEM "part.xml">'] : []),
  ];
  const doctype = `<!DOCTYPE Server [${line}  ${subset.join(`${line}  `)}${line}]>${line}`;
  const service = [
    ...elements(chance, line, 'Connector', 1 + chance.int(3), 4),
    ...(external ? [chance.pick(['    &part;', '    &part; &part;'])] : []),
    ...(chance.int(4) === 0 ? ['    &inner;'] : []),
  ].join(line);
  const named = latin1 ? 'ISO-8859-1' : 'UTF-8';
  const head = chance.int(5) === 0 && !latin1 ? '' : `<?xml version="1.0" encoding='${named}'?>${line}`;
  const text = `${head}<!-- caf\u00e9 -->${line}${doctype}<Server port="-1">${line}  <Service name='a'>${line}${service}${line}  </Service>${line}</Server>${line}`;
  const bom = !latin1 && chance.int(6) === 0 ? '\ufeff' : '';
  const files: ServerXml = { [mainPath]: Buffer.from(bom + text, latin1 ? 'latin1' : 'utf8') };
  if (external) {
    const part = elements(chance, line, 'Connector', 1, 4).join(line);
    const declared = chance.int(2) === 0 ? '<?xml version="1.0" encoding="UTF-8"?>' : '';
    files[partPath] = Buffer.from(`${declared}${part}${line}`);
  }
  return files;
}

const inside: Record<string, string | null> = {
  Connector: 'SSLHostConfig',
  SSLHostConfig: 'Certificate',
  Certificate: null,
};

function elements(chance: Chance, line: string, name: string, count: number, indent: number): string[] {
  return Array.from({ length: count }, () => {
    const space = chance.int(8) === 0 ? '\t' : ' '.repeat(indent);
    const child = inside[name] ?? null;
    const before = chance.int(3) === 0 ? `${space}${chance.pick(noise)}${line}` : '';
    const open = `${before}${space}<${name}${attributesOf(chance, line, space)}`;
    const empty = child === null || chance.int(4) === 0;
    if (empty && chance.int(3) > 0) return `${open}${chance.pick(['', ' ', line + space])}/>`;
    const content = empty ? [] : elements(chance, line, child, 1 + chance.int(2), indent + 2);
    const body =
      chance.int(6) === 0
        ? content.map((one) => one.trim()).join('')
        : `${line}${content.join(line)}${line}${space}`;
    return `${open}${chance.pick(['', ' '])}>${body}</${name}${chance.pick(['', ' '])}>`;
  });
}

function attributesOf(chance: Chance, line: string, space: string): string {
  const names = new Set(Array.from({ length: chance.int(5) }, () => chance.pick(attributeNames)));
  const gap = chance.pick([' ', ' ', `${line}${space}    `, '  ']);
  return [...names]
    .map((name) => {
      const value = chance.pick(values);
      const quote = value.includes("'") ? '"' : chance.pick(['"', '"', "'"]);
      return `${gap}${name}${chance.pick(['=', '=', ' = '])}${quote}${value}${quote}`;
    })
    .join('');
}
