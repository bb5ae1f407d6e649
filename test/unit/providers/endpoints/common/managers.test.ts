import { describe, expect, it } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { HostConnection, HostExec } from '../../../../../electron/providers/connections/connection.ts';
import { readManagers } from '../../../../../electron/providers/endpoints/common/managers.ts';

const commands: HostExec[] = [];

/** A host that has these files, and prints what `grep -oHE` prints of those it is asked about. */
function host(files: Record<string, string>): HostConnection {
  commands.length = 0;
  return {
    async exec(request: HostExec) {
      // the search for copies has a test of its own
      if (!String(request.stdin).startsWith('=')) return done('');
      commands.push(request);
      let pattern = '';
      const printed: string[] = [];
      for (const line of String(request.stdin).split('\n')) {
        if (line.startsWith('=')) pattern = line.slice(1);
        else
          for (const [match] of (files[line] ?? '').matchAll(new RegExp(pattern, 'gm')))
            printed.push(`${line}:${match}\n`);
      }
      return done(printed.join(''));
    },
  } as unknown as HostConnection;
}

const done = (text: string) => ({
  ...{ code: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0), timedOut: false },
});

const plain = (path: string) => ({ path, realPath: path, leafPem: null });

async function managerOf(path: string, files: Record<string, string>) {
  const own = (await readManagers(host(files), [plain(path)]))(path);
  return own === null ? null : [own.who, own.evidence];
}

describe('who manages a certificate', () => {
  const sites = '/usr/local/hestia/data/users/ada/web.conf';
  const ofAda = (name: string) => `/home/ada/conf/web/${name}/ssl/${name}.pem`;
  const list =
    "DOMAIN='a.example' SSL='yes' LETSENCRYPT='yes' TPL='default'\nDOMAIN='b.example' SSL='yes' LETSENCRYPT='no'\n";

  it('is HestiaCP for a site that it lists with Let’s Encrypt, and no other', async () => {
    expect(await managerOf(ofAda('a.example'), { [sites]: list })).toEqual([
      'HestiaCP',
      `${sites} lists this certificate for renewal`,
    ]);
    expect(await managerOf(ofAda('b.example'), { [sites]: list })).toBeNull();
    expect(await managerOf(ofAda('c.example'), { [sites]: list })).toBeNull();
  });

  it.each([
    ['Plesk', '/opt/psa/var/certificates/scf1a2b3c', '/usr/local/psa/version', '18.0.60 Debian'],
    ['cPanel', '/var/cpanel/ssl/apache_tls/a.example/combined', '/usr/local/cpanel/version', '11.110.0.1'],
    [
      'DirectAdmin',
      '/usr/local/directadmin/data/users/ada/domains/a.example.cert',
      '/usr/local/directadmin/conf/directadmin.conf',
      'servername=web1.example',
    ],
  ])('is %s in its directory, while it is installed', async (who, path, own, content) => {
    expect((await managerOf(path, { [own]: content }))?.[0]).toBe(who);
    expect(await managerOf(path, {})).toBeNull();
    expect(await managerOf('/etc/nginx/tls/a.pem', { [own]: content })).toBeNull();
  });

  it('is asked with one command for thousands of files, and with none for none', async () => {
    const notes: Record<string, string> = {};
    const files = Array.from({ length: 3000 }, (_, at) => plain(`/x/live/site${at}/fullchain.pem`));
    notes['/x/renewal/site7.conf'] = '[renewalparams]\n';
    const managers = await readManagers(host(notes), files);
    expect(commands).toHaveLength(1);
    expect(commands[0]?.argv.join(' ').length).toBeLessThan(2000);
    expect(files.filter(({ path }) => managers(path) !== null)).toEqual([files[7]]);
    await readManagers(host(notes), []);
    expect(commands).toEqual([]);
  });

  it('is nobody where a path has a line feed in it, or the host cannot run the command', async () => {
    expect(await managerOf('/x/live/a\n=secret/fullchain.pem', {})).toBeNull();
    expect(String(commands[0]?.stdin)).not.toContain('=secret');
    const failing = (error: Error) => ({ exec: () => Promise.reject(error) }) as unknown as HostConnection;
    const asked = readManagers(failing(new Error('no sh')), [plain('/x/live/a/fullchain.pem')]);
    expect((await asked)('/x/live/a/fullchain.pem')).toBeNull();
    const lost = new Failure('connection.lost', 'The connection was lost.');
    await expect(readManagers(failing(lost), [plain('/x/live/a/b.pem')])).rejects.toBe(lost);
    const nothing = { code: 0, signal: null, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    let commandsRun = 0;
    const losesFirst = { exec: async () => (commandsRun++ === 0 ? Promise.reject(lost) : nothing) };
    const first = readManagers(losesFirst as unknown as HostConnection, [plain('/x/live/a/b.pem')]);
    await expect(first).rejects.toBe(lost);
  });
});
