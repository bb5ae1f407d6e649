import { SaxesParser, type SaxesTagNS } from 'saxes';
import { spaces } from './words.ts';

/** An answer that is none of WS-Management; the sentence continues "answered with …". Holds nothing secret. */
export class BadSoap extends Error {}

interface XmlNode {
  /** Without its prefix, and the namespace that it stands for. */
  name: string;
  space: string;
  /** By their names without a prefix. */
  attributes: ReadonlyMap<string, string>;
  children: XmlNode[];
  text: string;
}

/** Deeper is no answer of an honest service. */
const deepest = 64;

/** Strict: well-formed, no document type, one root. */
function parse(xml: string): XmlNode {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: XmlNode[] = [];
  let root: XmlNode | null = null;
  parser.on('error', () => {
    throw new BadSoap('XML that is not well-formed');
  });
  parser.on('doctype', () => {
    throw new BadSoap('XML that has a document type');
  });
  parser.on('opentag', (tag) => {
    const node = nodeOf(tag);
    const above = open.at(-1);
    if (open.length === deepest) throw new BadSoap('XML that is too deep');
    if (above === undefined) root = node;
    else above.children.push(node);
    open.push(node);
  });
  const add = (part: string) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += part;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  if (root === null) throw new BadSoap('no XML');
  return root;
}

function nodeOf({ local, uri, attributes }: SaxesTagNS): XmlNode {
  const named = Object.values(attributes).map(({ local: name, value }) => [name, value] as const);
  return { name: local, space: uri, attributes: new Map(named), children: [], text: '' };
}

const child = (node: XmlNode | undefined, name: string, space?: string): XmlNode | undefined =>
  node?.children.find((one) => one.name === name && (space === undefined || one.space === space));

function find(node: XmlNode | undefined, names: readonly string[]): XmlNode | undefined {
  return names.reduce<XmlNode | undefined>((at, name) => child(at, name), node);
}

function anywhere(node: XmlNode, name: string): XmlNode | undefined {
  if (node.name === name) return node;
  for (const one of node.children) {
    const found = anywhere(one, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a service says instead of doing what was asked for. */
export interface SoapFault {
  /** Of Windows (`2150858793`), null: it says none. */
  code: number | null;
  /** Of the standards, without a prefix: `TimedOut`, `AccessDenied`; empty: none. */
  subcode: string;
  /** For people, in the language of the service. */
  message: string;
}

export interface SoapAnswer {
  relatesTo: string | null;
  fault: SoapFault | null;
  body: XmlNode;
}

/** Reads what a service sent. Throws `BadSoap`. */
export function readAnswer(bytes: Buffer): SoapAnswer {
  const root = parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  if (root.name !== 'Envelope' || root.space !== spaces.soap) throw new BadSoap('XML that is no SOAP 1.2');
  const body = child(root, 'Body', spaces.soap);
  if (body === undefined) throw new BadSoap('a SOAP message without a body');
  const relatesTo = child(child(root, 'Header', spaces.soap), 'RelatesTo', spaces.addressing);
  const fault = child(body, 'Fault', spaces.soap);
  return {
    relatesTo: relatesTo?.text.trim() ?? null,
    fault: fault === undefined ? null : readFault(fault),
    body,
  };
}

function readFault(fault: XmlNode): SoapFault {
  const detail = find(fault, ['Detail']);
  const windows = child(detail, 'WSManFault', spaces.fault);
  const wmi = child(detail, 'MSFT_WmiError');
  const code = windows?.attributes.get('Code') ?? find(wmi, ['error_Code'])?.text;
  const subcode = find(fault, ['Code', 'Subcode', 'Value'])?.text.trim() ?? '';
  const provider = windows === undefined ? undefined : anywhere(windows, 'Message');
  const reason = find(fault, ['Reason', 'Text'])?.text;
  const said = [allText(provider), find(wmi, ['Message'])?.text, reason].find(
    (one) => (one?.trim() ?? '') !== '',
  );
  return {
    code: code !== undefined && /^\d{1,10}$/.test(code.trim()) ? Number(code.trim()) : null,
    subcode: subcode.replace(/^.*:/, ''),
    message: (said ?? '').replace(/\s+/g, ' ').trim(),
  };
}

function allText(node: XmlNode | undefined): string {
  return node === undefined ? '' : [node.text, ...node.children.map(allText)].join(' ');
}

/** The shell that was made, by the name that the service gave it. */
export function readShellId({ body }: SoapAnswer): string {
  const selectors = find(body, ['ResourceCreated', 'ReferenceParameters', 'SelectorSet'])?.children ?? [];
  const chosen = selectors.find((one) => one.name === 'Selector' && one.attributes.get('Name') === 'ShellId');
  return said(chosen?.text ?? find(body, ['Shell', 'ShellId'])?.text, 'a shell without an ID');
}

export function readCommandId({ body }: SoapAnswer): string {
  return said(find(body, ['CommandResponse', 'CommandId'])?.text, 'a command without an ID');
}

function said(value: string | undefined, missing: string): string {
  const trimmed = value?.trim() ?? '';
  if (!/^[\w.:{}-]{1,200}$/.test(trimmed)) throw new BadSoap(missing);
  return trimmed;
}

export interface Received {
  stdout: Buffer[];
  stderr: Buffer[];
  /** It has ended; null: not yet, or it was not said how. */
  done: boolean;
  exitCode: number | null;
}

/** A part of what a program printed, and whether it has ended. */
export function readReceived({ body }: SoapAnswer, commandId: string): Received {
  const answer = find(body, ['ReceiveResponse']);
  if (answer === undefined) throw new BadSoap('something else than what a program printed');
  const received: Received = { stdout: [], stderr: [], done: false, exitCode: null };
  for (const node of answer.children) {
    const of = node.attributes.get('CommandId');
    if (of !== undefined && of.toLowerCase() !== commandId.toLowerCase())
      throw new BadSoap('the output of another program');
    const name = node.attributes.get('Name');
    if (node.name === 'Stream' && (name === 'stdout' || name === 'stderr'))
      received[name].push(decode(node.text));
    if (node.name !== 'CommandState') continue;
    received.done = node.attributes.get('State')?.endsWith('/CommandState/Done') === true;
    const code = child(node, 'ExitCode')?.text.trim();
    if (code !== undefined) received.exitCode = int32(code);
  }
  return received;
}

/** Windows writes an exit code as a signed or as an unsigned number. */
function int32(code: string): number {
  const value = /^-?\d{1,10}$/.test(code) ? Number(code) : Number.NaN;
  if (!(value >= -(2 ** 31) && value < 2 ** 32)) throw new BadSoap('an exit code that is none');
  return value | 0;
}

/** What is no base64 is passed over when it is read, and is missing then. */
function decode(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  const bare = bytes.length === Buffer.byteLength(base64, 'base64') ? base64 : base64.replace(/\s+/g, '');
  if (bytes.length !== Buffer.byteLength(bare, 'base64')) throw new BadSoap('output that is no base64');
  return bytes;
}
