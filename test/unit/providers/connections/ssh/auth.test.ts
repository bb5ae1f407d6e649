import type { KeyboardInteractiveAuthMethod, ParsedKey } from 'ssh2';
import { describe, expect, test } from 'vitest';
import type { SshSettings } from '#shared/catalog/connections/ssh.ts';
import { LogIn } from '../../../../../electron/providers/connections/ssh/auth.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

const settings = (auth: SshSettings['auth']): SshSettings => ({
  type: 'ssh',
  host: 'web1',
  port: 22,
  user: 'deploy',
  auth,
  hostKey: null,
  store: null,
  storeCredentialId: null,
});
const key = {} as ParsedKey;
const login = { password: Secret.of('pass') };
const everything = ['publickey', 'password', 'keyboard-interactive'];

function answer(method: unknown, prompts: string[]): string[] {
  let given: string[] = [];
  (method as KeyboardInteractiveAuthMethod).prompt(
    '',
    '',
    '',
    prompts.map((prompt) => ({ prompt, echo: false })),
    (answers) => {
      given = [...answers];
    },
  );
  return given;
}

describe('logging in', () => {
  test('tries each way once, the plain password before the asked one', () => {
    const answers = new LogIn(settings('password'), login, key);
    expect(answers.method).toBe('password');
    expect(answers.next(null, false)).toMatchObject({
      type: 'password',
      username: 'deploy',
      password: 'pass',
    });
    expect(answers.next(everything, false)).toMatchObject({ type: 'keyboard-interactive' });
    expect(answers.next(everything, false)).toBe(false);
  });
  test('leaves out what the server does not take', () => {
    const answers = new LogIn(settings('password'), login, undefined);
    expect(answers.next(['keyboard-interactive'], false)).toMatchObject({ type: 'keyboard-interactive' });
  });
  test('gives the password beside a key only as a second factor', () => {
    const refused = new LogIn(settings('private-key'), login, key);
    expect(refused.next(null, false)).toMatchObject({ type: 'publickey' });
    expect(refused.next(everything, false)).toBe(false);
    const half = new LogIn(settings('private-key'), login, key);
    half.next(null, false);
    expect(half.next(['password'], true)).toMatchObject({ type: 'password' });
  });
  test('answers what asks for the password, once, and nothing else', () => {
    const answers = new LogIn(settings('password'), login, undefined);
    const method = answers.next(['keyboard-interactive'], false);
    expect(answer(method, ['deploy@web1 Password: '])).toEqual(['pass']);
    expect(answer(method, ['Password: '])).toEqual(['']);
    expect(answers.refusal(null).message).toContain('web1 refused user deploy with password');
    expect(answer(method, ['Verification code: '])).toEqual(['']);
    expect(answers.refusal(null).message).toContain('"Verification code:"');
  });
  test('does not take a demand for a new password for the question after the old one', () => {
    const answers = new LogIn(settings('password'), login, undefined);
    const method = answers.next(['keyboard-interactive'], false);
    expect(answer(method, ['Current password: '])).toEqual(['']);
    expect(answers.refusal(null).code).toBe('ssh.password-expired');
  });
});
