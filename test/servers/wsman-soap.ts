import { SaxesParser } from 'saxes';

/** What a strict service reads of a message, written from DSP0226 and MS-WSMV apart from the product's own code. */

export const spaces = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  wsman: 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  microsoft: 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
  shell: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
};
const shellResource = `${spaces.shell}/cmd`;

/** `{namespace}name` in place of prefixes. */
interface Element {
  name: string;
  attributes: Map<string, string>;
  children: Element[];
  text: string;
}

/** Cuts out what a reader of XML takes long to pass over: the content of a file. `@0@` stands in its place. */
function withoutLong(xml: string, contents: string[]): string {
  const parts: string[] = [];
  let kept = 0;
  for (let tag = xml.indexOf('<'); tag >= 0; tag = xml.indexOf('<', tag + 1)) {
    const after = xml.lastIndexOf('>', tag) + 1;
    if (tag - after < 10_000) continue;
    parts.push(xml.slice(kept, after), `@${contents.push(xml.slice(after, tag)) - 1}@`);
    kept = tag;
  }
  return parts.join('') + xml.slice(kept);
}

function parseXml(xml: string): Element {
  const contents: string[] = [];
  const short = withoutLong(xml, contents);
  const parser = new SaxesParser({ xmlns: true });
  const top: Element = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes).map(
      ({ uri, local, value }) => [uri === '' ? local : `{${uri}}${local}`, value] as const,
    );
    const element = {
      name: `{${tag.uri}}${tag.local}`,
      attributes: new Map(attributes),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    const [, at] = /^@(\d+)@$/.exec(element?.text ?? '') ?? [];
    if (element !== undefined && at !== undefined) element.text = contents[Number(at)] ?? '';
  });
  parser.write(short).close();
  const [root] = top.children;
  if (root === undefined) throw new Error('no root');
  return root;
}

export const childOf = (element: Element | undefined, space: keyof typeof spaces, name: string) =>
  element?.children.find((one) => one.name === `{${spaces[space]}}${name}`);

export interface Message {
  action: string;
  messageId: string;
  operationMs: number;
  maxEnvelope: number;
  shellId: string | null;
  options: Map<string, string>;
  body: Element | undefined;
}

/** A message that the service turns away: with this fault. */
export class Wrong extends Error {
  readonly code: number;
  readonly subcode: string;
  constructor(message: string, code: number, subcode: string) {
    super(message);
    this.code = code;
    this.subcode = subcode;
  }
}

const understood: readonly (readonly [keyof typeof spaces, string])[] = [
  ...(['To', 'Action', 'MessageID', 'ReplyTo'] as const).map((name) => ['addressing', name] as const),
  ...(
    ['ResourceURI', 'MaxEnvelopeSize', 'OperationTimeout', 'SelectorSet', 'OptionSet', 'Locale'] as const
  ).map((name) => ['wsman', name] as const),
  ...(['DataLocale', 'SessionId', 'OperationID', 'SequenceId'] as const).map(
    (name) => ['microsoft', name] as const,
  ),
];

/** Everything about the head of a message that MS-WSMV asks for. `address`: null: any. Throws `Wrong`. */
export function readMessage(xml: string, address: string | null): Message {
  let root: Element;
  try {
    root = parseXml(xml);
  } catch (error) {
    throw new Wrong(`The request is no XML: ${String(error)}`, 2150858817, 'w:SchemaValidationError');
  }
  const schema = (what: string): never => {
    throw new Wrong(
      `The SOAP XML in the message does not match the schema: ${what}.`,
      2150858817,
      'w:SchemaValidationError',
    );
  };
  if (root.name !== `{${spaces.soap}}Envelope`) schema('it is no envelope');
  const [head, body] = root.children;
  if (head?.name !== `{${spaces.soap}}Header` || body?.name !== `{${spaces.soap}}Body`)
    schema('header and body');
  for (const one of head?.children ?? []) {
    const must = one.attributes.get(`{${spaces.soap}}mustUnderstand`) === 'true';
    const known = understood.some(([space, name]) => one.name === `{${spaces[space]}}${name}`);
    if (must && !known) throw new Wrong(`${one.name} is not understood`, 2150858808, 's:MustUnderstand');
  }
  const text = (space: keyof typeof spaces, name: string) =>
    childOf(head, space, name)?.text ?? schema(`${name} is missing`);
  const to = text('addressing', 'To');
  if (address !== null && to !== address)
    throw new Wrong('The destination is not this one.', 2150858754, 'a:DestinationUnreachable');
  if (text('wsman', 'ResourceURI') !== shellResource)
    throw new Wrong('There is no such resource.', 2150858752, 'a:DestinationUnreachable');
  const reply = childOf(childOf(head, 'addressing', 'ReplyTo'), 'addressing', 'Address')?.text.trim();
  if (reply !== `${spaces.addressing}/role/anonymous`) schema('ReplyTo');
  const messageId = text('addressing', 'MessageID');
  if (!/^uuid:[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(messageId)) schema('MessageID');
  const [, seconds] =
    /^PT(\d+(?:\.\d+)?)S$/.exec(text('wsman', 'OperationTimeout')) ?? schema('OperationTimeout');
  const selectors = childOf(head, 'wsman', 'SelectorSet')?.children ?? [];
  const options = childOf(head, 'wsman', 'OptionSet')?.children ?? [];
  return {
    action: text('addressing', 'Action'),
    messageId,
    operationMs: Number(seconds) * 1000,
    maxEnvelope: Number(text('wsman', 'MaxEnvelopeSize')),
    shellId: selectors.find((one) => one.attributes.get('Name') === 'ShellId')?.text ?? null,
    options: new Map(options.map((one) => [one.attributes.get('Name') ?? '', one.text])),
    body,
  };
}

export function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const opening = `<s:Envelope xml:lang="en-US" xmlns:s="${spaces.soap}" xmlns:a="${spaces.addressing}" xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="${spaces.wsman}" xmlns:rsp="${spaces.shell}" xmlns:p="${spaces.microsoft}">`;

export function answerXml(action: string, relatesTo: string, messageId: string, body: string): string {
  const head = `<a:Action>${action}</a:Action><a:MessageID>uuid:${messageId}</a:MessageID><a:To>${spaces.addressing}/role/anonymous</a:To>${relatesTo === '' ? '' : `<a:RelatesTo>${relatesTo}</a:RelatesTo>`}`;
  return `${opening}<s:Header>${head}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}

/** As Windows writes it. */
export function faultXml(wrong: Wrong, relatesTo: string, messageId: string): string {
  const sender =
    wrong.subcode.startsWith('w:InternalError') || wrong.subcode === 'w:TimedOut' ? 's:Receiver' : 's:Sender';
  const words = escaped(wrong.message);
  const detail = `<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="${wrong.code}" Machine="web1.corp.example.org"><f:Message>${words}</f:Message></f:WSManFault>`;
  const fault = `<s:Fault><s:Code><s:Value>${sender}</s:Value><s:Subcode><s:Value>${wrong.subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">${words} </s:Text></s:Reason><s:Detail>${detail}</s:Detail></s:Fault>`;
  return answerXml(`${spaces.wsman.replace('/wsman.xsd', '')}/fault`, relatesTo, messageId, fault);
}
