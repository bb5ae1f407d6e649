import { describe, expect, test } from 'vitest';
import { announced } from '#shared/catalog/connections/announced.ts';
import { connectionFields, whenHere } from '#shared/catalog/connections/fields.ts';
import { connectionSettings } from '#shared/catalog/connections/index.ts';
import { loginFields } from '#shared/catalog/connections/login.ts';
import {
  type ConnectionSettings,
  type ConnectionType,
  connectionDefinition,
  connectionNamed,
  connectionTypes,
  described,
  told,
} from '#shared/model/connection.ts';
import { shapesOf } from '../../../conformance/shapes.ts';
import type { ConnectionShape } from '../../../make/connection-peers.ts';
import { makeChance } from '../../../make/random.ts';

const fingerprint = `SHA256:${'a'.repeat(43)}`;
/** Settings of every type as a form can make them: what each definition promises is shown with these. */
const shapes = await shapesOf<ConnectionType, ConnectionShape>('connections', connectionTypes);

describe.each(shapes)('the connection %s', (type, { anySettings }) => {
  const definition = connectionDefinition({ type });
  const chance = makeChance(7);
  const many = Array.from({ length: 300 }, () => anySettings(chance));

  test('comes back the same from its flat form, and from JSON', () => {
    for (const settings of many) {
      expect(definition.fromFlat(definition.toFlat(settings), told(settings).login?.way ?? null)).toEqual(
        settings,
      );
      expect(connectionSettings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
    }
  });

  test('has a field for everything its flat form names', () => {
    const names = new Set(definition.fields.map(({ name }) => name));
    for (const settings of many)
      for (const [name, value] of Object.entries(definition.toFlat(settings)))
        if (value !== undefined) expect(names).toContain(name);
  });

  test('asks for what its ways of logging in need, and for no other', () => {
    const asked = loginFields.filter(({ field }) =>
      definition.fields.some(({ name }) => name === field.name),
    );
    const ways = new Set(asked.map(({ way }) => way));
    expect([...ways].toSorted()).toEqual([...definition.authenticates].toSorted());
    for (const settings of many)
      expect(told(settings).login === null).toBe(definition.authenticates.length === 0);
  });

  test('leads somewhere else unless it runs here, and says where', () => {
    for (const settings of many) {
      const { address } = told(settings);
      if (definition.runsHere) expect(address).toBeNull();
      expect(described(settings) === 'this machine').toBe(definition.runsHere);
      expect(described(settings)).toContain(address?.host ?? '');
    }
  });

  test('pins an identity where it is known by one, and only there', () => {
    for (const settings of many) {
      const pinned = definition.pin(settings, fingerprint);
      expect(told(pinned).pinned).toBe(definition.identity === null ? null : fingerprint);
      expect(told(definition.pin(pinned, null)).pinned).toBeNull();
      expect(told(pinned).address).toEqual(told(settings).address);
    }
    const { identity } = definition;
    if (identity !== null) expect(definition.fields.map(({ name }) => name)).toContain(identity.field);
  });

  test('binds a yes to where it leads, as whom, and to the identity', () => {
    const bound = (settings: ConnectionSettings) => JSON.stringify(definition.bound(settings));
    for (const settings of many) {
      const { address, login } = told(settings);
      if (address !== null) expect(Object.values(definition.bound(settings))).toContain(address.port);
      if (login !== null && login.user !== '')
        expect(Object.values(definition.bound(settings))).toContain(login.user);
      if (definition.identity !== null)
        expect(bound(definition.pin(settings, fingerprint))).not.toBe(bound(definition.pin(settings, null)));
    }
  });
});

describe('a yes over ssh', () => {
  const bound = (change: Partial<Extract<ConnectionSettings, { type: 'ssh' }>>) =>
    connectionDefinition({ type: 'ssh' }).bound({
      ...{ type: 'ssh', host: 'web1', port: 22, user: 'deploy', auth: 'password', hostKey: null },
      ...{ store: null, storeCredentialId: null },
      ...change,
    });

  test('is not bound to how the same user logs in', () => {
    expect(bound({ auth: 'credential-store', store: 'cs_1', storeCredentialId: 'a' })).toEqual(bound({}));
  });

  test('is bound to the credential where its user name is used', () => {
    const from = (storeCredentialId: string) =>
      bound({ auth: 'credential-store', user: '', store: 'cs_1', storeCredentialId });
    expect(from('a')).not.toEqual(from('b'));
  });
});

describe('the table of connections', () => {
  test('and what is announced share no name', () => {
    for (const { id } of announced) expect(connectionNamed(id)).toBeNull();
    for (const type of connectionTypes) expect(connectionNamed(type)?.id).toBe(type);
    expect(connectionNamed(undefined)).toBeNull();
  });

  test('gives an endpoint type the fields of the connections it takes, each asked where it belongs', () => {
    const onlyHere = connectionFields(({ kind, system }) => kind === 'host' && system === 'any');
    expect(onlyHere.map(({ name }) => name)).toEqual(['connection_type']);
    const hosts = connectionFields(({ kind }) => kind === 'host');
    const taken = connectionTypes
      .map((type) => connectionDefinition({ type }))
      .filter(({ kind }) => kind === 'host');
    expect(hosts[0]?.choices).toEqual([
      ...taken.map(({ id }) => id),
      ...announced.filter(({ kind }) => kind === 'host').map(({ id }) => id),
    ]);
    expect(hosts[0]?.choices?.slice(0, 2)).toEqual(['local', 'ssh']);
    for (const field of hosts.slice(1)) {
      const asking = taken.filter(({ fields }) => fields.some(({ name }) => name === field.name));
      expect(field.when).toEqual({ field: 'connection_type', is: asking.map(({ id }) => id) });
    }
  });

  test('asks over ssh for host, user, login and host key', () => {
    const asked = connectionFields(({ kind }) => kind === 'host').filter(({ when }) =>
      when?.is.includes('ssh'),
    );
    expect(asked.map(({ name }) => name)).toEqual([
      'host',
      'port',
      'user',
      ...loginFields.map(({ field }) => field.name),
      'host_key',
    ]);
  });

  test('says when a path is one of this machine', () => {
    expect(whenHere.field).toBe('connection_type');
    expect(whenHere.is).toContain('local');
    for (const type of connectionTypes)
      expect(whenHere.is.includes(type)).toBe(connectionDefinition({ type }).runsHere);
  });
});
