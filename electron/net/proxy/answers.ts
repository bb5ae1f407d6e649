import { randomBytes } from 'node:crypto';
import { authenticate } from '../ntlm/authenticate.ts';
import { ownName } from '../ntlm/own-name.ts';

/** Value of `Proxy-Authorization` for Basic, in UTF-8 (RFC 7617). */
export function basicAnswer(user: string, password: Uint8Array): string {
  const pair = Buffer.concat([Buffer.from(`${user}:`), password]);
  const value = `Basic ${pair.toString('base64')}`;
  pair.fill(0);
  return value;
}

interface NtlmAnswerInput {
  hello: Buffer;
  challenge: Buffer;
  user: string;
  domain: string;
  password: Uint8Array;
  now: number;
}

/** The third message of NTLM in base64. Nothing is signed or sealed later, so the session key goes at once. */
export function ntlmAnswer(input: NtlmAnswerInput): string {
  const { hello, ...rest } = input;
  const made = authenticate({ ...rest, negotiate: hello, workstation: ownName(), random: randomBytes });
  made.sessionKey.fill(0);
  return made.message.toString('base64');
}
