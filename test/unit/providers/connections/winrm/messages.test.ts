import { describe, expect, test } from 'vitest';
import { makeChance } from '#test/make/random.ts';
import { flag } from '../../../../../electron/net/ntlm/flags.ts';
import { sealFlags } from '../../../../../electron/net/ntlm/negotiate.ts';
import { NtlmRefused } from '../../../../../electron/net/ntlm/refused.ts';
import { Sealing } from '../../../../../electron/net/ntlm/seal.ts';
import {
  BadSoap,
  readAnswer,
  readReceived,
} from '../../../../../electron/providers/connections/winrm/answer.ts';
import { text, writeEnvelope } from '../../../../../electron/providers/connections/winrm/envelope.ts';
import { kindOf } from '../../../../../electron/providers/connections/winrm/faults.ts';
import {
  isSealed,
  readSealed,
  sealedType,
  writeSealed,
} from '../../../../../electron/providers/connections/winrm/framing.ts';
import { accountOf, addressOf } from '../../../../../electron/providers/connections/winrm/place.ts';
import { spaces } from '../../../../../electron/providers/connections/winrm/words.ts';

const key = Buffer.alloc(16, 0x55);
const pair = () => [new Sealing(key, sealFlags, 'server'), new Sealing(key, sealFlags, 'server')] as const;

describe('a sealed message', () => {
  test('is found by its length, whatever the ciphertext holds', () => {
    const boundary = Buffer.from(
      '--Encrypted Boundary--\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n',
    );
    // RC4 is its own way back: what the text is sealed to is sealed to the text
    const plain = pair()[0].seal(boundary).sealed;
    const [ours, theirs] = pair();
    const body = writeSealed(Buffer.from(plain), ours);
    expect(body.includes(boundary)).toBe(true);
    expect(readSealed(body, theirs).equals(plain)).toBe(true);
  });

  test('with a space behind its dashes, or nothing behind its end, is read as well', () => {
    for (const odd of [
      (at: string) => at.replaceAll('--Enc', '-- Enc'),
      (at: string) => at.replace(/--\r\n$/, '--'),
    ]) {
      const [ours, theirs] = pair();
      const body = Buffer.from(odd(writeSealed(Buffer.from('<a/>'), ours).toString('latin1')), 'latin1');
      expect(readSealed(body, theirs).toString()).toBe('<a/>');
    }
  });

  test('that is cut, longer, changed, out of order or framed otherwise is refused', () => {
    const [ours] = pair();
    const first = writeSealed(Buffer.from('<first/>'), ours);
    const second = writeSealed(Buffer.from('<second/>'), ours);
    const changed = Buffer.from(first);
    const at = first.indexOf('octet-stream\r\n') + 40;
    changed[at] = (changed[at] ?? 0) ^ 1;
    const longer = Buffer.concat([first, Buffer.from('x')]);
    const lies = Buffer.from(first.toString('latin1').replace('Length=8', 'Length=7'), 'latin1');
    for (const bad of [
      second,
      changed,
      longer,
      lies,
      first.subarray(0, -30),
      Buffer.from('<s:Envelope/>'),
      Buffer.alloc(0),
    ])
      expect(() => readSealed(bad, pair()[1])).toThrow();
  });

  test('is told by its type', () => {
    expect([sealedType, 'application/soap+xml', undefined].map(isSealed)).toEqual([true, false, false]);
    expect(sealFlags & flag.keyExchange).not.toBe(0);
  });
});

describe('text in a message', () => {
  test('cannot end what it stands in', () => {
    expect(text(`<&>"'\n\t`)).toBe('&lt;&amp;&gt;&quot;&apos;&#10;&#9;');
    for (const bad of ['\0', '\x0b', '\ud800', '\uffff']) expect(() => text(bad)).toThrow('XML');
  });

  test('is in the envelope once', () => {
    const input = {
      action: 'delete',
      to: 'http://a:1/wsman',
      messageId: 'A',
      operationMs: 20_500,
      maxAnswer: 1,
    } as const;
    const xml = writeEnvelope({ ...input, shellId: 'a"/><b>', body: '' }).toString();
    expect(xml).toContain('<w:Selector Name="ShellId">a&quot;/&gt;&lt;b&gt;</w:Selector>');
    expect(xml).toContain('PT20.500S');
  });
});

const envelope = (body: string, head = '') =>
  Buffer.from(
    `<s:Envelope xmlns:s="${spaces.soap}" xmlns:a="${spaces.addressing}" xmlns:rsp="${spaces.shell}"><s:Header>${head}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  );

describe('an answer', () => {
  test.each([
    ['no XML', Buffer.from('hello')],
    ['cut', envelope('').subarray(0, -5)],
    ['with a document type', Buffer.concat([Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]>'), envelope('&b;')])],
    ['with an unknown entity', envelope('&b;')],
    ['of another SOAP', Buffer.from(envelope('').toString().replace('2003/05', '2001/12'))],
    ['without end', envelope('<a>'.repeat(100) + '</a>'.repeat(100))],
    ['with an unbound prefix', envelope('<x:a/>')],
  ])('%s is refused', (_, bytes) => {
    expect(() => readAnswer(bytes)).toThrow();
  });

  test('says whose it is, and its fault with number, subcode and words', () => {
    const fault = `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value></s:Subcode></s:Code><s:Reason><s:Text>short</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="${spaces.fault}" Code="5"><f:Message><f:ProviderFault>Access  is\ndenied.</f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>`;
    const answer = readAnswer(envelope(fault, '<a:RelatesTo> uuid:A </a:RelatesTo>'));
    expect(answer.relatesTo).toBe('uuid:A');
    expect(answer.fault).toEqual({ code: 5, subcode: 'AccessDenied', message: 'Access is denied.' });
  });

  test('gives the number of a fault that WMI wrote', () => {
    const wmi =
      '<s:Fault><s:Detail><p:MSFT_WmiError xmlns:p="urn:x"><p:Message>Too many.</p:Message><p:error_Code>2150859174</p:error_Code></p:MSFT_WmiError></s:Detail></s:Fault>';
    expect(readAnswer(envelope(wmi)).fault).toEqual({ code: 2150859174, subcode: '', message: 'Too many.' });
  });

  test.each([
    ['4294967295', -1],
    ['-1073741510', -1073741510],
    ['3221225786', -1073741510],
    ['0', 0],
  ])('reads the exit code %s as %i', (said, code) => {
    const state = `<rsp:ReceiveResponse><rsp:CommandState CommandId="C" State="${spaces.shell}/CommandState/Done"><rsp:ExitCode>${said}</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>`;
    expect(readReceived(readAnswer(envelope(state)), 'c')).toMatchObject({ done: true, exitCode: code });
  });

  test('is not taken for that of another program, nor with an exit code or output that is none', () => {
    const state = (inner: string, id = 'C') =>
      readAnswer(
        envelope(
          `<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="${id}">${inner}</rsp:Stream><rsp:CommandState CommandId="C" State="x"><rsp:ExitCode>${inner}</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>`,
        ),
      );
    expect(() => readReceived(state('MQ==', 'D'), 'C')).toThrow('another program');
    expect(() => readReceived(state('a*b'), 'C')).toThrow('base64');
    expect(() => readReceived(state('99999999'), 'C')).not.toThrow();
    expect(() => readReceived(state('9999999999'), 'C')).toThrow('exit code');
  });
});

test('a fault is told by its number, and by its subcode only where there is none', () => {
  const fault = (code: number | null, subcode = 'x') => kindOf({ code, subcode, message: '' });
  expect(fault(2150858793)).toBe('nothing-yet');
  expect(fault(null, 'TimedOut')).toBe('nothing-yet');
  expect(fault(1, 'TimedOut')).toBe('other');
});

test('names of accounts and addresses', () => {
  expect(accountOf('CORP\\bob')).toEqual({ user: 'bob', domain: 'CORP' });
  expect(accountOf('bob@corp.example')).toEqual({ user: 'bob@corp.example', domain: '' });
  expect(accountOf('.\\bob')).toEqual({ user: 'bob', domain: '' });
  const place = {
    host: '2001:db8::1',
    port: 5986,
    user: '',
    scheme: 'ntlm',
    trust: { kind: 'none' },
  } as const;
  expect(addressOf(place)).toBe('https://[2001:db8::1]:5986/wsman');
});

test('a message that is damaged anyhow is refused, or read as something that it could be', () => {
  const chance = makeChance(7);
  const [ours] = pair();
  const part = '<rsp:Stream Name="stdout" CommandId="C">MTIz</rsp:Stream>';
  const good = envelope(
    `<rsp:ReceiveResponse>${part}</rsp:ReceiveResponse>`,
    '<a:RelatesTo>uuid:A</a:RelatesTo>',
  );
  const sealed = writeSealed(Buffer.from(good), ours);
  for (let round = 0; round < 3000; round++) {
    const bytes = Buffer.from(round % 2 === 0 ? good : sealed);
    for (let times = 1 + chance.int(6); times > 0; times--) bytes[chance.int(bytes.length)] = chance.int(256);
    const cut = bytes.subarray(0, chance.int(4) === 0 ? chance.int(bytes.length) : bytes.length);
    try {
      if (round % 2 === 0) readReceived(readAnswer(cut), 'C');
      else expect(readSealed(cut, pair()[1]).equals(good)).toBe(true); // what was hit is not looked at
    } catch (thrown) {
      expect(thrown instanceof BadSoap || thrown instanceof NtlmRefused).toBe(true);
    }
  }
});
