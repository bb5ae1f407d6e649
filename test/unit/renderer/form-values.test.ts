import { describe, expect, it } from 'vitest';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { announced } from '#shared/catalog/connections/announced.ts';
import { whenHere } from '#shared/catalog/connections/fields.ts';
import { credentialDescriptor } from '#shared/catalog/credential-stores/credential.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Field } from '#shared/catalog/field.ts';
import { connectionTypes } from '#shared/model/connection.ts';
import {
  askedFields,
  changedInput,
  isOwnFile,
  readForm,
  startValues,
  withoutDefaults,
} from '../../../renderer/parts/descriptor-form/values.ts';

const nginx = endpointCatalog.nginx.fields;
const acme = authorityCatalog.acme.fields;
const names = (fields: readonly Field[]): string[] => fields.map((field) => field.name);

describe('which fields name a file to browse for', () => {
  const catalogs = [authorityCatalog, credentialStoreCatalog, endpointCatalog, { credentialDescriptor }];
  const all: Field[] = catalogs.flatMap((catalog) => Object.values(catalog).flatMap((one) => one.fields));
  /** Of the fields asked over a connection of that type. */
  const own = (fields: readonly Field[], type: string) =>
    names(
      fields
        .filter(({ when }) => when?.field !== 'connection_type' || when.is.includes(type))
        .filter((field) => isOwnFile(field, { connection_type: type })),
    ).toSorted();

  it.each<[string, readonly Field[], here: string[]]>([
    ['nginx server', nginx, ['nginx_config_path', 'nginx_path']],
    ['PEM file', endpointCatalog.pem.fields, ['install_script', 'key_path', 'path', 'restart_script']],
  ])('are those of a %s while it is on this machine, and only its login otherwise', (_what, fields, here) => {
    expect(own(fields, 'local')).toEqual(here);
    expect(own(fields, 'ssh')).toEqual(['ssh_key_path']);
    for (const { id } of announced) expect(own(fields, id)).toEqual([]);
  });

  it.each<[string, readonly Field[], always: string[]]>([
    ['CA with ACME', acme, ['dns_add_script', 'dns_remove_script']],
    ['local CA', authorityCatalog.local.fields, []],
    ['local store', credentialStoreCatalog.local.fields, []],
    ['Vault', credentialStoreCatalog.hashicorp.fields, ['secretfile']],
    ['CCP', credentialStoreCatalog.cyberark.fields, ['authcert']],
    ['Secret Server', credentialStoreCatalog['delinea-secret-server'].fields, []],
    ['credential', credentialDescriptor.fields, ['privatekeypath']],
  ])('are always those of a %s', (_what, fields, always) => {
    for (const type of ['local', 'ssh', ...announced.map(({ id }) => id)])
      expect(own(fields, type)).toEqual(always);
  });

  it('are on this machine alone, for an endpoint that is somewhere else, whatever its type', () => {
    const always = all.filter(({ ownFile }) => ownFile === 'always');
    for (const type of [
      ...connectionTypes.filter((one) => !whenHere.is.includes(one)),
      ...announced.map(({ id }) => id),
    ])
      expect(all.filter((field) => isOwnFile(field, { connection_type: type }))).toEqual(always);
  });

  it('are paths, and every path but that of a directory is one', () => {
    const paths = all.filter(({ kind }) => kind === 'path');
    expect(all.filter(({ kind, ownFile }) => ownFile !== undefined && kind !== 'path')).toEqual([]);
    const others = paths.filter(({ ownFile }) => ownFile === undefined);
    expect(others.filter(({ help }) => !/^Directory /.test(help))).toEqual([]);
    expect(names(others)).toContain('web_root');
  });
});

describe('which fields a form asks', () => {
  it('asks for no host while the endpoint is on this machine', () => {
    expect(names(askedFields(nginx, startValues(nginx)))).not.toContain('host');
  });

  it('asks for host and login once the endpoint is reached over SSH', () => {
    const asked = names(askedFields(nginx, { ...startValues(nginx), connection_type: 'ssh' }));
    expect(asked).toEqual(expect.arrayContaining(['host', 'port', 'user', 'password', 'host_key']));
  });

  it('asks only for what belongs to the chosen validation', () => {
    const start = startValues(acme);
    expect(names(askedFields(acme, start))).toContain('web_root');
    const dns = names(askedFields(acme, { ...start, validation: 'dns-01-script' }));
    expect(dns).toContain('dns_add_script');
    expect(dns).not.toContain('web_root');
    expect(dns).not.toContain('responder_port');
  });

  it('does not ask a question whose own condition is not asked', () => {
    const fields: Field[] = [
      { name: 'a', label: 'A', help: '', kind: 'choice', choices: ['x', 'y'], default: 'x' },
      {
        name: 'b',
        label: 'B',
        help: '',
        kind: 'choice',
        choices: ['1', '2'],
        default: '1',
        when: { field: 'a', is: ['y'] },
      },
      { name: 'c', label: 'C', help: '', kind: 'text', when: { field: 'b', is: ['1'] } },
    ];
    expect(names(askedFields(fields, startValues(fields)))).toEqual(['a']);
    expect(names(askedFields(fields, { ...startValues(fields), a: 'y' }))).toEqual(['a', 'b', 'c']);
  });
});

describe('what a form sends', () => {
  it('names what is missing and what does not fit, by field', () => {
    const values = { ...startValues(nginx), connection_type: 'ssh', port: '0', name: 'n'.repeat(33) };
    const { problems } = readForm(nginx, values);
    expect(problems.name).toContain('between 1 and 32');
    expect(problems.port).toContain('between 1 and 65535');
    expect(readForm(nginx, startValues(nginx)).problems.name).toContain('Name');
  });

  it('refuses a port that is not a number', () => {
    const values = { ...startValues(nginx), name: 'web', connection_type: 'ssh', port: 'ssh' };
    expect(readForm(nginx, values).problems.port).toContain('Port must be a whole number');
  });

  it('leaves out what is empty and what was typed before the question went away', () => {
    const typed = { ...startValues(nginx), name: ' web ', connection_type: 'ssh', host: 'a', password: 'p' };
    const { input } = readForm(nginx, { ...typed, connection_type: 'local' });
    expect(input).toEqual({
      name: 'web',
      connection_type: 'local',
      restarts: 'with_install',
      auto_approve: false,
      auto_renew: true,
    });
  });

  it('keeps the spaces of a password', () => {
    const values = { ...startValues(nginx), name: 'web', connection_type: 'ssh', password: ' a b ' };
    expect(readForm(nginx, values).input.password).toBe(' a b ');
  });

  it('splits lines at line ends and commas', () => {
    const values = {
      ...startValues(acme),
      name: 'le',
      directory_url: 'https://ca.example/d',
      contact: 'a@x, b@x\n\nc@x',
    };
    expect(readForm(acme, values).input.contact).toEqual(['a@x', 'b@x', 'c@x']);
  });

  it('leaves defaults out of the command line', () => {
    const { input } = readForm(nginx, { ...startValues(nginx), name: 'web' });
    expect(withoutDefaults(nginx, input)).toEqual({ name: 'web' });
  });
});

describe('what an edit sends', () => {
  const before = startValues(nginx, {
    name: 'web',
    connection_type: 'ssh',
    host: 'a',
    user: 'u',
    nginx_path: '/opt/nginx',
  });

  it('sends only what was changed', () => {
    expect(changedInput(nginx, before, { ...before, host: 'b' }).changes).toEqual({ host: 'b' });
    expect(changedInput(nginx, before, before).changes).toEqual({});
  });

  it('clears with null what was emptied', () => {
    expect(changedInput(nginx, before, { ...before, nginx_path: '' }).changes).toEqual({ nginx_path: null });
  });

  it('starts secrets empty and sends them only when typed', () => {
    const known = startValues(nginx, { name: 'web', connection_type: 'ssh', password: 'kept' });
    expect(known.password).toBe('');
    expect(changedInput(nginx, known, known).changes).toEqual({});
    expect(changedInput(nginx, known, { ...known, password: 'new' }).changes).toEqual({ password: 'new' });
  });
});
