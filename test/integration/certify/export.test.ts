import { execFileSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { Failure } from '../../../shared/failure.ts';
import { agent, dataDirectory, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

const password = 'p12 password';

/** The order number of a certificate that was issued; where nothing can be written, it is not installed. */
async function issued(isInstalled: boolean): Promise<string> {
  await start({
    connection: (real) =>
      new Proxy(real, {
        get(target, property) {
          if (property === 'writeAll' && !isInstalled)
            return async () => {
              throw new Failure('file.disk-full', 'There is no space left.', { retry: 'never' });
            };
          const value = Reflect.get(target, property) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
  const { nodeId } = await addSite(agent, site);
  const { taskId } = await agent.call.certificates.request({ node: nodeId, key_place: 'agent' });
  await approve(agent, taskId);
  await agent.until(taskId);
  return String((await agent.call.orders.list({}))[0]?.number);
}

const at = (name: string) => join(dataDirectory, name);
const openssl = (...argv: string[]) =>
  execFileSync('openssl', argv, { input: `${password}\n`, encoding: 'utf8' });

describe.skipIf(!have('nginx') || !have('openssl'))('an export', () => {
  prepareSite();

  test.each([false, true])(
    'as P12 opens with its password, and holds the key of what was not installed (legacy: %s)',
    async (legacy) => {
      const certificate = await issued(false);
      const given = { certificate, path: at('shop.p12'), format: 'pkcs12', password, legacy } as const;
      const { withKey, sentence } = await agent.call.certificates.export(given);
      expect(withKey).toBe(true);
      expect(sentence).toMatch(/shop\.p12 holds \d certificates? and the private key, encrypted/);
      expect(statSync(at('shop.p12')).mode & 0o777).toBe(0o600);
      const old = legacy ? ['-legacy'] : [];
      const pem = openssl('pkcs12', '-in', at('shop.p12'), '-passin', 'stdin', '-nodes', ...old);
      const spki = (text: string) => createPublicKey(text).export({ type: 'spki', format: 'pem' });
      const part = (what: string) =>
        new RegExp(`-----BEGIN ${what}-----[^-]+-----END ${what}-----`).exec(pem)?.[0] ?? '';
      expect(spki(part('CERTIFICATE'))).toBe(spki(part('PRIVATE KEY')));
      const { fingerprint } = await agent.call.certificates.show({ certificate });
      const leaf = openssl(
        'x509',
        '-in',
        at('shop.p12'),
        '-passin',
        'stdin',
        '-noout',
        '-fingerprint',
        '-sha256',
      );
      expect(leaf.toLowerCase().replaceAll(':', '')).toContain(fingerprint);
      expect(JSON.stringify(await agent.call.audit.list({}))).not.toContain(password);
    },
  );

  test('of what is installed has no key, and says so', async () => {
    const certificate = await issued(true);
    const path = at('shop.p12');
    const answer = await agent.call.certificates.export({ certificate, path, format: 'pkcs12', password });
    expect(answer.withKey).toBe(false);
    expect(answer.sentence).toContain('Its private key is not in the file');
    expect(openssl('pkcs12', '-in', path, '-passin', 'stdin', '-nodes')).not.toContain('PRIVATE KEY');
    const pem = at('shop.pem');
    await agent.call.certificates.export({ certificate, path: pem });
    expect(readFileSync(pem, 'utf8')).toBe((await agent.call.certificates.show({ certificate })).chainPem);
  });

  test('never writes over a file, and not without a password', async () => {
    const certificate = await issued(true);
    writeFileSync(at('taken'), 'mine');
    await expect(agent.call.certificates.export({ certificate, path: at('taken') })).rejects.toMatchObject({
      data: {
        code: 'certificate.not-exported',
        sentence: expect.stringContaining('there is a file or directory of that name already'),
      },
    });
    expect(readFileSync(at('taken'), 'utf8')).toBe('mine');
    const below = { certificate, path: join(at('taken'), 'new') };
    await expect(agent.call.certificates.export(below)).rejects.toMatchObject({
      data: {
        sentence: expect.stringMatching(/could not be written: a part of the path is not a directory\.$/),
      },
    });
    for (const unused of [{ password }, { legacy: true }]) {
      const asPem = agent.call.certificates.export({ certificate, path: at('new'), ...unused });
      await expect(asPem).rejects.toMatchObject({ data: { code: 'input.invalid' } });
    }
    const p12 = { certificate, path: at('new'), format: 'pkcs12' } as const;
    await expect(agent.call.certificates.export(p12)).rejects.toMatchObject({
      data: { code: 'input.invalid' },
    });
    await expect(agent.call.certificates.export({ ...p12, password: 'pässword' })).rejects.toMatchObject({
      data: { code: 'key-store.password-unfit' },
    });
  });
});
