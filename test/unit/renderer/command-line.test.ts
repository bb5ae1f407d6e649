import { describe, expect, it } from 'vitest';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { commandLine, quote } from '../../../renderer/parts/command-line.ts';

describe('the command line shown beside a form', () => {
  it('names every flag as the catalog does', () => {
    const line = commandLine('tls add', 'nginx', { name: 'web', port: 2222 }, endpointCatalog.nginx.fields);
    expect(line).toEqual({ text: 'trustkeep tls add nginx --name web --port 2222', asks: [] });
  });

  it('never holds a secret, but has the program ask for it', () => {
    const line = commandLine(
      'tls add',
      'nginx',
      { name: 'web', password: 'hunter2' },
      endpointCatalog.nginx.fields,
    );
    expect(line.text).toBe('trustkeep tls add nginx --name web --password-prompt');
    expect(line.asks).toEqual(['Password']);
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });

  it('names a file instead of its text', () => {
    const flags = { trusted_roots: '-----BEGIN CERTIFICATE-----' };
    const line = commandLine('authorities add', 'acme', flags, authorityCatalog.acme.fields);
    expect(line.text).toBe('trustkeep authorities add acme --trusted_roots-file trusted_roots.pem');
  });

  it('repeats lists, negates booleans, clears with --clear and skips what is left out', () => {
    const flags = {
      names: ['a.example', '*.b.example'],
      auto_renew: false,
      auto_approve: true,
      nginx_path: null,
      days: undefined,
      profile: '',
    };
    expect(commandLine('x', 'y z', flags).text).toBe(
      "trustkeep x 'y z' --names a.example --names '*.b.example' --no-auto_renew --auto_approve --clear nginx_path",
    );
  });

  it('quotes for a command interpreter', () => {
    expect(quote('plain-1.2/3:4@x')).toBe('plain-1.2/3:4@x');
    expect(quote("Let's Encrypt")).toBe("'Let'\\''s Encrypt'");
    expect(quote('$(reboot)')).toBe("'$(reboot)'");
    expect(quote('')).toBe("''");
  });

  it('can be read by the command line itself', async () => {
    const { readFlags } = await import('../../../electron/cli/flags.ts');
    const line = commandLine(
      'tls add',
      'nginx',
      { name: "o'brien", auto_renew: false, password: 'x' },
      endpointCatalog.nginx.fields,
    );
    const words = line.text.replace("'o'\\''brien'", "o'brien").split(' ').slice(4);
    const fields = endpointCatalog.nginx.fields.map((field) => ({
      ...field,
      required: field.required ?? false,
    }));
    const flags = readFlags(words, fields as Parameters<typeof readFlags>[1], 'tls add nginx');
    expect(flags.values).toEqual({ name: "o'brien", auto_renew: false });
    expect(flags.sources.map((one) => [one.field.name, one.from])).toEqual([['password', 'prompt']]);
  });
});
