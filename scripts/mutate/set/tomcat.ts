import { judgedBy, type Mutation } from '../mutation.ts';

const room = 'electron/providers/endpoints/tomcat';
const tests = 'test/integration/tomcat';

/** What is read of a Tomcat, what is changed of it, and when a change is believed. */
export const tomcatMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/providers/endpoints/tomcat/xml.test.ts'],
    [
      {
        breaks: 'a file is edited that is put into the document more than once',
        file: `${room}/xml-edit.ts`,
        find: ' || !span.once)',
        put: ')',
      },
      {
        breaks: 'quotes in a value end it',
        file: `${room}/xml-edit.ts`,
        find: `quote === "'" ? /[&<']/g : /[&<"]/g`,
        put: '/[&<]/g',
      },
      {
        breaks: 'letters are written in another encoding than that of the file',
        file: `${room}/xml-edit.ts`,
        find: '    .replace(/[^\\x20-\\x7e]/gu, (one) => `&#${one.codePointAt(0)};`)',
        put: '',
      },
      {
        breaks: 'new lines end otherwise than those around',
        file: `${room}/xml-edit.ts`,
        find: '  const line = lineEndOf(text, parent.start);',
        put: "  const line = '\\n';",
      },
      {
        breaks: 'UTF-16 is edited as if a character were a byte',
        file: `${room}/xml-source.ts`,
        find: '  return oneByteEach.test(label) ? (offset) => skip + offset : null;',
        put: '  return (offset) => skip + offset;',
      },
      {
        breaks: 'the last declaration of an entity counts',
        file: `${room}/xml-doctype.ts`,
        find: ' && !entities.has(named))',
        put: ')',
      },
      {
        breaks: 'what stands in a comment is put in as well',
        file: `${room}/xml-expand.ts`,
        find: '/<!--(?:[\\s\\S]*?-->|[\\s\\S]*)|',
        put: '/',
      },
      {
        breaks: 'attributes name a large value as often as they like',
        file: `${room}/xml-expand.ts`,
        find: '    refuseLarge(whole, values);\n',
        put: '',
      },
      {
        breaks: 'what another machine says is included',
        file: `${room}/xml-expand.ts`,
        find: '  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(local))',
        put: '  if (/^[A-Za-z][A-Za-z0-9+.-]+;/.test(local))',
      },
    ],
  ),
  ...judgedBy(
    [`${tests}/shapes.test.ts`],
    [
      {
        breaks: 'a password in a file is not read',
        file: `${room}/stores.ts`,
        find: '    if (path === null) return values.get(value)?.text ?? null;',
        put: '    if (path !== undefined) return values.get(value)?.text ?? null;',
      },
      {
        breaks: 'a key is put in the place of a trusted certificate',
        file: `${room}/stores.ts`,
        find: "  if (first.kind !== 'key')\n",
        put: "  if (first.kind === 'secret')\n",
      },
      {
        breaks: 'an entry counts whose key does not open',
        file: `${room}/stores.ts`,
        find: '  if (first.keyOpens === false)\n',
        put: '  if (first.keyOpens === null)\n',
      },
      {
        breaks: 'the default of a placeholder is not known',
        file: `${room}/properties.ts`,
        find: '(propertyOf(inside.slice(0, split)) ?? inside.slice(split + 2))',
        put: 'propertyOf(inside.slice(0, split))',
      },
      {
        breaks: 'a connector counts that Tomcat does not start',
        file: `${room}/connectors.ts`,
        find: '  return { ...connector, down: tls ? whyDown(connector, major, old) : null };',
        put: '  return { ...connector, down: null };',
      },
    ],
  ),
  ...judgedBy(
    [`${tests}/endpoint.test.ts`],
    [
      {
        breaks: 'the chain is written into both of two files',
        file: `${room}/install.ts`,
        find: "return [Buffer.from(rest.join(''))];",
        put: 'return [Buffer.from(material.chainPem)];',
      },
      {
        breaks: 'a reload is believed that leaves a host without a handshake',
        file: `${room}/restart.ts`,
        find: '    if (first === undefined) return;\n',
        put: '    return;\n',
      },
      {
        breaks: 'the manager is to load a server.xml that only a start reads',
        file: `${room}/ways.ts`,
        find: ' && !edited && (await reachesAll()))',
        put: ' && (await reachesAll()))',
      },
      {
        breaks: 'a host gets the certificate of another one with the same file',
        file: `${room}/destination.ts`,
        find: '  if (strangers.length > 0) {',
        put: '  if (strangers.length > 9) {',
      },
    ],
  ),
];
