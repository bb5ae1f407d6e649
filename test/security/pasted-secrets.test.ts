/**
 * The accident, and who reads the audit afterwards: a person pastes a private key where its path belongs, or an address
 * with the password in it. A refusal repeats what was given, and is written down for ever.
 */

import { generateKeyPairSync } from 'node:crypto';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import type { Client } from '../../electron/transport/client.ts';

let commands: Awaited<ReturnType<typeof makeCommands>>;
beforeEach(async () => {
  commands = await makeCommands();
});
afterEach(() => commands.close());

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const body = pem.split('\n')[1] ?? '';
const shapes = [pem, pem.replaceAll('\n', ''), `/home/ann/${pem}`, `${pem}${'x'.repeat(3000)}`];
const store = 'trustkeep-store';

describe('a private key pasted in the place of its path', () => {
  test.each(shapes.map((shape, at) => [at, shape] as const))(
    'is in no sentence and no audit row (%i)',
    async (_, key) => {
      const { call } = commands;
      const calls: Promise<unknown>[] = [
        call.credentials.add({ storename: store, id: 'a', privatekeypath: key }),
        call.credentialStores.add({
          kind: 'cyberark',
          storename: 'c',
          appid: 'A',
          ccpurl: 'https://c.test',
          authcert: key,
        }),
        call.credentialStores.add({
          kind: 'hashicorp',
          storename: 'h',
          vaulturl: 'https://h.test',
          authtype: 'AppRoleFile',
          roleid: 'r',
          secretfile: key,
          rootpath: 'x',
        }),
        call.endpoints.add({
          type: 'pem',
          name: 'e',
          connection_type: 'ssh',
          host: 'h.test',
          user: 'u',
          ssh_key_path: key,
        } as never),
        call.backups.create({ path: key.slice(0, 4000), passphrase: 'long enough to be one' }),
        ...(key.startsWith('/') ? [] : [call.secrets.choose({ kind: 'key-file', path: key })]),
      ];
      const failures = await Promise.all(calls.map((one) => failureFrom(one)));
      const all = JSON.stringify([failures.map((one) => one.toData()), commands.audit()]);
      expect(failures.length).toBe(calls.length);
      expect(all).not.toContain(body.slice(8, 40));
    },
  );
});

describe('an address with a password in it', () => {
  const address = 'http://bob:marked4471@proxy.test:3128';
  test.each([
    ['as a PAC URL', { pacurl: `${address}/proxy.pac` }],
    ['as a PAC URL of another kind', { pacurl: `${address.replace('http', 'ftp')}/proxy.pac` }],
    ['as a host', { host: address, port: 3128 }],
    ['as a host without its kind', { host: 'bob:marked4471@proxy.test', port: 3128 }],
  ])('is refused %s and not repeated', async (_, input) => {
    const failure = await failureFrom(commands.call.proxy.set(input));
    expect(failure.code).toBe('input.invalid');
    expect(JSON.stringify([failure.toData(), commands.audit()])).not.toContain('marked4471');
  });

  test('leaves the key of a PAC file out of the audit', async () => {
    await commands.call.proxy.set({ pacurl: 'https://wpad.test/proxy.pac?key=marked4471', try_first: false });
    expect(JSON.stringify(commands.audit())).not.toContain('marked4471');
    expect(JSON.stringify(commands.audit())).toContain('https://wpad.test/proxy.pac');
  });
});

describe('the password of a proxy', () => {
  test('that was given for NTLM only is not kept for a setting that may answer less', async () => {
    const { call } = commands;
    const place = { host: 'proxy.test', port: 3128, user: 'bob', try_first: false };
    await call.proxy.set({ ...place, domain: 'CORP', password: 'marked4471' });
    expect(await call.proxy.set({ ...place, domain: 'CORP' })).toMatchObject({ hasPassword: true });
    expect((await failureFrom(call.proxy.set(place))).code).toBe('input.invalid');
    expect(await call.proxy.get({})).toMatchObject({ route: { domain: 'CORP' } });
  });
});

describe('a window', () => {
  test('is given no secret of a credential, whatever it asks', async () => {
    const context = { caller: { origin: 'gui', actor: null } } as const;
    const window: Client = createRouterClient(commands.router, { context });
    const one = { storename: store, id: 'web' };
    await window.credentials.add({ ...one, username: 'ann', password: 'marked4471' });
    expect((await failureFrom(window.credentials.reveal(one))).code).toBe('credential.reveal-not-here');
    const all = [
      await window.credentials.get(one),
      await window.credentials.list({ storename: store }),
      await window.credentials.update({ ...one, changes: { username: 'bob' } }),
      await window.credentialStores.list({}),
      await window.credentials
        .update({ ...one, changes: JSON.parse('{"__proto__":{"username":"eve"},"constructor":null}') })
        .catch(() => null),
      (await failureFrom(window.credentials.update({ ...one, changes: { hasPassword: false } }))).toData(),
      commands.audit(),
    ];
    expect(JSON.stringify(all)).not.toContain('marked4471');
    expect((await window.credentials.get(one)).username).toBe('bob');
  });
});
