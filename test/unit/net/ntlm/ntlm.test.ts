import { describe, expect, test } from 'vitest';
import { makeChance } from '#test/make/random.ts';
import { authenticate, encodeAuthenticate } from '../../../../electron/net/ntlm/authenticate.ts';
import { av, encodeAvPairs, parseAvPairs } from '../../../../electron/net/ntlm/av-pairs.ts';
import { domainOf, parseChallenge } from '../../../../electron/net/ntlm/challenge.ts';
import { channelBinding } from '../../../../electron/net/ntlm/channel-binding.ts';
import { flag } from '../../../../electron/net/ntlm/flags.ts';
import {
  fileTime,
  hmacMd5,
  passwordHash,
  respond,
  responseKey,
  sealingKey,
  signingKey,
  wrapSessionKey,
} from '../../../../electron/net/ntlm/keys.ts';
import { logInFlags, negotiate } from '../../../../electron/net/ntlm/negotiate.ts';
import { NtlmRefused } from '../../../../electron/net/ntlm/refused.ts';
import { Sealing } from '../../../../electron/net/ntlm/seal.ts';
import { upperCase, utf16, utf16FromUtf8 } from '../../../../electron/net/ntlm/utf16.ts';
import * as published from './vectors.ts';

const password = Buffer.from('Password');
const key = () => responseKey(password, 'User', 'Domain');
const respondAsPublished = () =>
  respond({
    responseKey: key(),
    serverNonce: published.serverNonce,
    clientNonce: published.clientNonce,
    time: published.time,
    targetInfo: published.targetInfo,
  });

describe('the published example (MS-NLMP 4.2.4)', () => {
  test('gives the keys made of the password', () => {
    expect(passwordHash(password).toString('hex')).toBe('a4f49c406510bdcab6824ee7c30fd852');
    expect(key().toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
  });

  test('gives the responses and the session key', () => {
    const { nt, lm, sessionBaseKey } = respondAsPublished();
    expect(nt.subarray(0, 16).toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    expect(lm.toString('hex')).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
    expect(sessionBaseKey.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(wrapSessionKey(sessionBaseKey, published.randomSessionKey).toString('hex')).toBe(
      'c5dad2544fc9799094ce1ce90bc9d03e',
    );
  });

  test('is read and written byte for byte', () => {
    const challenge = parseChallenge(published.challengeMessage);
    expect(challenge.flags).toBe(published.flags);
    expect(challenge.nonce).toEqual(published.serverNonce);
    expect(challenge.targetName).toBe('Server');
    expect(domainOf(challenge)).toBe('Domain');
    const { nt, lm, sessionBaseKey } = respondAsPublished();
    const message = encodeAuthenticate({
      flags: published.authenticateFlags,
      domain: 'Domain',
      user: 'User',
      workstation: 'COMPUTER',
      lm,
      nt,
      sessionKey: wrapSessionKey(sessionBaseKey, published.randomSessionKey),
      room: published.version,
    });
    expect(message.toString('hex')).toBe(published.authenticateMessage.toString('hex'));
  });

  test('gives the keys for signing and sealing, and the sealed text', () => {
    const session = published.randomSessionKey;
    expect(signingKey(session, 'client').toString('hex')).toBe('4788dc861b4782f35d43fd98fe1a2d39');
    expect(sealingKey(session, 'client', published.flags).toString('hex')).toBe(
      '59f600973cc4960a25480a7c196e4c58',
    );
    const sealing = new Sealing(session, published.flags, 'client');
    const { sealed, signature } = sealing.seal(utf16('Plaintext'));
    expect(sealed.toString('hex')).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(signature.toString('hex')).toBe('010000007fb38ec5c55d497600000000');
  });
});

describe('the third message', () => {
  const asked = (logInFlags | flag.sign | flag.seal | flag.keyExchange) >>> 0;
  const withPairs = (...extra: [number, Buffer][]) =>
    challengeWith([
      { id: av.domainName, value: utf16('CORP') },
      ...extra.map(([id, value]) => ({ id, value })),
    ]);
  const answer = (challenge: Buffer, more: { flags?: number; binding?: Buffer } = {}) =>
    authenticate({
      negotiate: negotiate(more.flags),
      challenge,
      user: 'bob',
      domain: 'Corp',
      password,
      workstation: 'PC',
      now: 1_700_000_000_000,
      random: (bytes) => Buffer.alloc(bytes, 0xaa),
      binding: more.binding,
    });

  test('carries a MIC over all three, the server’s time and no LM response when the server says the time', () => {
    const time = Buffer.from('0102030405060708', 'hex');
    const challenge = withPairs([av.timestamp, time]);
    const { message, sessionKey } = answer(challenge);
    const nt = fieldOf(message, 20);
    expect(nt.subarray(24, 32)).toEqual(time);
    expect(fieldOf(message, 12)).toEqual(Buffer.alloc(24));
    const flags = parseAvPairs(nt.subarray(44)).find(({ id }) => id === av.flags);
    expect(flags?.value.readUInt32LE(0)).toBe(2);
    const mic = Buffer.from(message.subarray(72, 88));
    message.fill(0, 72, 88);
    expect(hmacMd5(sessionKey, negotiate(), challenge, message)).toEqual(mic);
    expect(message.readUInt32LE(32)).toBe(88); // where the domain begins
  });

  test('takes our time and both responses when the server says none', () => {
    const { message } = answer(withPairs());
    expect(fieldOf(message, 20).subarray(24, 32)).toEqual(fileTime(1_700_000_000_000));
    expect(fieldOf(message, 12)).not.toEqual(Buffer.alloc(24));
  });

  test('wraps a session key of its own when both want to exchange one, and the key opens what was sealed', () => {
    const { message, sessionKey, flags } = answer(withPairs(), { flags: asked });
    const nt = fieldOf(message, 20);
    const base = hmacMd5(responseKey(password, 'bob', 'Corp'), nt.subarray(0, 16));
    expect(wrapSessionKey(base, fieldOf(message, 52))).toEqual(sessionKey);
    const [ours, theirs] = [
      new Sealing(sessionKey, flags, 'client'),
      new Sealing(sessionKey, flags, 'client'),
    ];
    for (const text of ['one', 'two']) {
      const { sealed, signature } = ours.seal(Buffer.from(text));
      expect(theirs.open(signature, sealed).toString()).toBe(text);
    }
    const { sealed, signature } = ours.seal(Buffer.from('three'));
    sealed[0] = (sealed[0] ?? 0) ^ 1;
    expect(() => theirs.open(signature, sealed)).toThrow(NtlmRefused);
  });

  test('names the TLS connection below it when told to, and not what a server claims', () => {
    const claimed = withPairs([av.channelBinding, Buffer.alloc(16, 1)]);
    const binding = channelBinding(Buffer.alloc(32, 7));
    const pairs = (message: Buffer) => parseAvPairs(fieldOf(message, 20).subarray(44));
    expect(pairs(answer(claimed).message).map(({ id }) => id)).not.toContain(av.channelBinding);
    expect(pairs(answer(claimed, { binding }).message)).toContainEqual({
      id: av.channelBinding,
      value: binding,
    });
  });

  test('agrees to nothing that it did not ask for', () => {
    const challenge = withPairs();
    challenge.writeUInt32LE(0xffffffff, 20);
    expect(answer(challenge).flags).toBe(logInFlags);
  });
});

describe('names and passwords', () => {
  test('the user counts in upper case, the domain as it is', () => {
    expect(responseKey(password, 'uSeR', 'Domain')).toEqual(key());
    expect(responseKey(password, 'User', 'DOMAIN')).not.toEqual(key());
    expect(upperCase('straße é ﬁ')).toBe('STRAßE É ﬁ');
  });

  test('become UTF-16 as Node would do it', () => {
    for (const text of ['', 'p@ss:wörd', '€ 漢字', '🔑x', '￿'])
      expect(utf16FromUtf8(Buffer.from(text))).toEqual(utf16(text));
    const chance = makeChance(7);
    for (let run = 0; run < 500; run++) {
      const bytes = chance.bytes(chance.int(12));
      expect(utf16FromUtf8(bytes).length).toBeLessThanOrEqual(bytes.length * 2);
    }
  });
});

describe('a hostile challenge', () => {
  const good = published.challengeMessage;
  const changed = (change: (message: Buffer) => void) => {
    const message = Buffer.from(good);
    change(message);
    return message;
  };
  test.each<[string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['is no NTLM', Buffer.alloc(64)],
    ['is another message', changed((m) => m.writeUInt32LE(1, 8))],
    ['has no Unicode', changed((m) => m.writeUInt32LE(published.flags & ~1 & 0x7fffffff, 20))],
    ['points behind its end', changed((m) => m.writeUInt32LE(good.length - 3, 44))],
    ['points far away', changed((m) => m.writeUInt32LE(0xffffffff, 44))],
    ['points into its own head', changed((m) => m.writeUInt32LE(0, 44))],
    ['has a pair longer than itself', changed((m) => m.writeUInt16LE(0xffff, 70))],
    ['has no end of pairs', changed((m) => m.writeUInt16LE(32, 40))],
    ['says one thing twice', changed((m) => m.writeUInt16LE(2, 84))],
  ])('that %s is refused', (_name, message) => {
    expect(() => parseChallenge(message)).toThrow(NtlmRefused);
  });

  test.each<[string, Buffer]>([
    ['points far away', changed((m) => m.writeUInt32LE(0xaaaaaaae, 16))],
    ['points into the head', changed((m) => m.writeUInt32LE(8, 16))],
  ])('whose name %s has no name', (_name, message) => {
    expect(parseChallenge(message).targetName).toBe('');
  });

  test('never breaks the parser, whatever is cut or flipped', () => {
    const chance = makeChance(42);
    let accepted = 0;
    for (let run = 0; run < 5000; run++) {
      const message = Buffer.from(good.subarray(0, chance.pick([good.length, chance.int(good.length)])));
      for (let flips = 0; flips < 1 + chance.int(3) && message.length > 0; flips++)
        message[8 + chance.int(Math.max(1, message.length - 8))] = chance.int(256);
      try {
        parseChallenge(message);
        accepted++;
      } catch (error) {
        expect(error).toBeInstanceOf(NtlmRefused);
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });
});

function challengeWith(pairs: { id: number; value: Buffer }[]): Buffer {
  const info = encodeAvPairs(pairs);
  const head = Buffer.from(published.challengeMessage.subarray(0, 56));
  head.writeUInt16LE(0, 12);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt32LE(56, 44);
  return Buffer.concat([head, info]);
}

function fieldOf(message: Buffer, at: number): Buffer {
  const offset = message.readUInt32LE(at + 4);
  return message.subarray(offset, offset + message.readUInt16LE(at));
}
