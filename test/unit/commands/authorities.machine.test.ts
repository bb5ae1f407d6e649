import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';
import { ensureDefaults } from '../../../electron/commands/defaults.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
beforeEach(async () => {
  made = await makeCommands();
});
afterEach(() => made.close());

const acme = {
  kind: 'acme' as const,
  name: 'le',
  directory_url: 'https://ca.example/directory',
  agree_to_terms: true,
};

describe('the default authority', () => {
  test('is there from the first start, and made only once', () => {
    expect(made.database.authorities.default()).toMatchObject({
      name: 'trustkeep-local',
      kind: 'local',
      settings: { kind: 'local', commonName: 'Trustkeep local root', leafDays: 90, permittedNames: [] },
    });
    made.database.authorities.remove(made.database.authorities.default()?.id ?? '');
    ensureDefaults(made.database, systemClock);
    expect(made.database.authorities.list()).toEqual([]);
  });

  test('cannot be removed or stop being the default before another one is', async () => {
    expect((await failureFrom(made.call.authorities.remove({ authority: 'trustkeep-local' }))).code).toBe(
      'authority.default-needed',
    );
    const changes = { is_default: false };
    expect(
      (await failureFrom(made.call.authorities.update({ authority: 'trustkeep-local', changes }))).code,
    ).toBe('authority.default-needed');
    await made.call.authorities.add({ ...acme, is_default: true });
    expect(made.database.authorities.default()?.name).toBe('le');
    await made.call.authorities.remove({ authority: 'trustkeep-local' });
    expect(made.database.authorities.list().map(({ name }) => name)).toEqual(['le']);
  });
});

describe('adding an authority', () => {
  test('seals the EAB key and shows it to nobody', async () => {
    const added = await made.call.authorities.add({
      ...acme,
      contact: ['admin@example.org', 'mailto:b@example.org'],
      eab_key_id: 'kid-1',
      eab_hmac_key: 'c2VjcmV0LWhtYWM',
    });
    expect(JSON.stringify(added)).not.toContain('c2VjcmV0LWhtYWM');
    expect(made.database.secrets.open(added.id, 'eab-hmac')?.text()).toBe('c2VjcmV0LWhtYWM');
    expect(added.settings).toEqual({
      kind: 'acme',
      directoryUrl: 'https://ca.example/directory',
      contact: ['mailto:admin@example.org', 'mailto:b@example.org'],
      eabKeyId: 'kid-1',
      trustedRootsPem: null,
      profile: null,
      termsAgreed: true,
      validation: { method: 'http-01-web-root', webRoot: null },
    });
  });

  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ['terms nobody agreed to', { agree_to_terms: false }, 'authority.terms-not-agreed', /terms of service/],
    ['a directory without TLS', { directory_url: 'http://ca.example/dir' }, 'input.invalid', /https address/],
    ['a name that is taken', { name: 'Trustkeep-Local' }, 'authority.name-taken', /"trustkeep-local"/],
    [
      'a script validation without scripts',
      { validation: 'dns-01-script' },
      'input.invalid',
      /DNS add script is required/,
    ],
    [
      'a web root for another validation',
      { validation: 'http-01-agent', web_root: '/var/www' },
      'input.invalid',
      /Web root is not used/,
    ],
    ['roots that are no PEM', { trusted_roots: 'hello' }, 'input.invalid', /Trusted roots/],
  ];
  test.each(wrong)('refuses %s', async (_what, input, code, sentence) => {
    const failure = await failureFrom(made.call.authorities.add({ ...acme, ...input } as typeof acme));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(sentence);
    expect(made.audit()).toMatchObject([{ action: 'authorities.add', outcome: 'refused' }]);
  });
});

describe('changing an authority', () => {
  test('keeps what is not named and forgets the cached adapter', async () => {
    const { id } = await made.call.authorities.add({ ...acme, profile: 'shortlived' });
    const changes = { validation: 'http-01-agent', responder_port: 8080 };
    const changed = await made.call.authorities.update({ authority: 'LE', changes });
    expect(changed.settings).toMatchObject({
      profile: 'shortlived',
      validation: { method: 'http-01-agent', address: '0.0.0.0', port: 8080 },
    });
    expect(made.forgotten).toContain(id);
  });

  test('lets go of the settings of the old validation', async () => {
    await made.call.authorities.add({ ...acme, web_root: '/var/www' });
    const changes = { validation: 'dns-01-script', dns_add_script: '/a', dns_remove_script: '/b' };
    const { settings } = await made.call.authorities.update({ authority: 'le', changes });
    expect(settings).toMatchObject({ validation: { method: 'dns-01-script', addScript: '/a' } });
  });

  test('refuses another common name once the root exists', async () => {
    const authority = made.database.authorities.default();
    const changes = { common_name: 'Our own root' };
    await made.call.authorities.update({ authority: 'trustkeep-local', changes });
    const { Secret } = await import('../../../electron/secrets/secret.ts');
    made.database.secrets.put(authority?.id ?? '', 'root-key', Secret.of('x'));
    const failure = await failureFrom(
      made.call.authorities.update({ authority: 'trustkeep-local', changes: { common_name: 'Another' } }),
    );
    expect(failure.code).toBe('authority.root-exists');
    await made.call.authorities.update({ authority: 'trustkeep-local', changes: { leaf_days: 30 } });
    expect(made.database.authorities.default()?.settings).toMatchObject({ leafDays: 30 });
  });
});

test('an authority that an endpoint names is not removed', async () => {
  await made.call.authorities.add(acme);
  await made.call.endpoints.add({ type: 'nginx', name: 'web1', authority: 'le' });
  const failure = await failureFrom(made.call.authorities.remove({ authority: 'le' }));
  expect(failure.code).toBe('authority.in-use');
  expect(failure.message).toContain('web1');
});

test('the root of an authority elsewhere is not kept here', async () => {
  await made.call.authorities.add(acme);
  expect((await failureFrom(made.call.authorities.root({ authority: 'le' }))).code).toBe('authority.no-root');
  await expect(made.call.authorities.root({ authority: 'trustkeep-local' })).resolves.toMatchObject({
    pem: 'PEM',
  });
});
