import { type Action, actions, anonymous, shellResource, spaces } from './words.ts';

export interface EnvelopeInput {
  action: Action;
  /** Address of the service, as it was connected to. */
  to: string;
  /** UUID, new for each message. */
  messageId: string;
  /** Milliseconds after which the service is to answer that there is nothing yet. */
  operationMs: number;
  /** Bytes that an answer may have. */
  maxAnswer: number;
  /** Null before there is one. */
  shellId: string | null;
  options?: readonly (readonly [name: string, value: string])[] | undefined;
  /** XML. */
  body: string;
}

const mustUnderstand = 's:mustUnderstand="true"';
const opening = `<s:Envelope xmlns:s="${spaces.soap}" xmlns:a="${spaces.addressing}" xmlns:w="${spaces.wsman}" xmlns:p="${spaces.microsoft}" xmlns:rsp="${spaces.shell}">`;

/** One message to the service, UTF-8. */
export function writeEnvelope(input: EnvelopeInput): Buffer {
  const { action, to, messageId, operationMs, maxAnswer, shellId, options = [], body } = input;
  const header = [
    `<a:To>${text(to)}</a:To>`,
    `<w:ResourceURI ${mustUnderstand}>${shellResource}</w:ResourceURI>`,
    `<a:ReplyTo><a:Address ${mustUnderstand}>${anonymous}</a:Address></a:ReplyTo>`,
    `<a:Action ${mustUnderstand}>${actions[action]}</a:Action>`,
    `<w:MaxEnvelopeSize ${mustUnderstand}>${maxAnswer}</w:MaxEnvelopeSize>`,
    `<a:MessageID>uuid:${text(messageId)}</a:MessageID>`,
    '<w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>',
    `<w:OperationTimeout>PT${(operationMs / 1000).toFixed(3)}S</w:OperationTimeout>`,
    shellId === null
      ? ''
      : `<w:SelectorSet><w:Selector Name="ShellId">${text(shellId)}</w:Selector></w:SelectorSet>`,
    options.length === 0
      ? ''
      : `<w:OptionSet ${mustUnderstand}>${options.map(option).join('')}</w:OptionSet>`,
  ];
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>${opening}<s:Header>${header.join('')}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  );
}

const option = ([name, value]: readonly [string, string]): string =>
  `<w:Option Name="${text(name)}">${text(value)}</w:Option>`;

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for an element or an attribute. Throws for what no XML document may hold. @internal */
export function text(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(value) || !value.isWellFormed())
    throw new Error('a text for WS-Management holds characters that XML does not allow');
  return value
    .replace(/[&<>"']/g, (one) => escapes[one] ?? one)
    .replace(/[\t\r\n]/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** Bodies of the messages, by what they ask for. Identifiers are text, content is bytes. */
export const bodies = {
  create: (shellId: string, idleSeconds: number): string =>
    `<rsp:Shell ShellId="${text(shellId)}"><rsp:IdleTimeOut>PT${idleSeconds}.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`,
  command: (commandId: string, program: string, args: readonly string[]): string =>
    `<rsp:CommandLine CommandId="${text(commandId)}"><rsp:Command>${text(program)}</rsp:Command>${args.map((one) => `<rsp:Arguments>${text(one)}</rsp:Arguments>`).join('')}</rsp:CommandLine>`,
  send: (commandId: string, part: Uint8Array, end: boolean): string =>
    `<rsp:Send><rsp:Stream Name="stdin" CommandId="${text(commandId)}"${end ? ' End="true"' : ''}>${Buffer.from(part.buffer, part.byteOffset, part.length).toString('base64')}</rsp:Stream></rsp:Send>`,
  receive: (commandId: string): string =>
    `<rsp:Receive><rsp:DesiredStream CommandId="${text(commandId)}">stdout stderr</rsp:DesiredStream></rsp:Receive>`,
  signal: (commandId: string, code: string): string =>
    `<rsp:Signal CommandId="${text(commandId)}"><rsp:Code>${code}</rsp:Code></rsp:Signal>`,
} as const;
