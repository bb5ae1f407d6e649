/**
 * Certificates in the places of other programs, on a real nginx: laid down by the programs themselves where Debian has
 * them, else by hand after their documentation. Each is noticed by what the program notes beside them, and by nothing else.
 */
import { readdirSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import { legoIssues } from '#test/servers/acme-clients.ts';
import { have } from '#test/servers/available.ts';
import { startPebble } from '#test/servers/pebble.ts';
import { canRunPebble } from '../acme/with-pebble.ts';
import { leafFor, planFor, prepareNginx, start } from '../nginx/real-nginx.ts';

const shop = 'shop.example';
const root = process.getuid?.() === 0;

let data: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  data = tempDirectory('managed');
});
afterEach(() => data.remove());

const at = (name: string) => join(data.path, name);

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), content, { mode: 0o600 });
  }
}

/** A certificate and its key under these names. */
async function putPair(certificate: string, key: string): Promise<void> {
  const leaf = leafFor(shop);
  await put({ [certificate]: leaf.chainPem, [key]: leaf.keyPem });
}

/** Who manages what an nginx serves that reads these files: in the node and in the plan. */
async function seen(certificate: string, key: string) {
  const { endpoint } = await start({
    http: `server { listen 127.0.0.1:{port} ssl; server_name ${shop};
      ssl_certificate ${at(certificate)}; ssl_certificate_key ${at(key)}; }`,
  });
  const now = async () => {
    const [node] = await endpoint.nodes();
    return { node: node?.managedBy, plan: (await planFor(endpoint, shop)).takesOver };
  };
  return { now, ...(await now()) };
}

const managed = (who: string, evidence: string) => ({ who, evidence: expect.stringContaining(evidence) });
const stops = (text: string) => [{ sentence: expect.stringContaining(text) }];

describe.skipIf(!have('nginx') || !root)('on a real nginx', () => {
  prepareNginx();

  it.skipIf(!have('lego') || !canRunPebble)(
    'lego is told by its own file beside the certificate',
    async () => {
      const pebble = await startPebble({ alwaysValid: true });
      await legoIssues(data.path, pebble, shop).finally(() => pebble.stop());
      const home = 'lego/certificates';
      const { now, node, plan } = await seen(`${home}/${shop}.crt`, `${home}/${shop}.key`);
      expect(node).toEqual(managed('lego', at(`${home}/${shop}.json`)));
      expect(plan).toMatchObject(stops(`remove ${shop} from the timer or cron job that runs lego`));
      await rename(at(`${home}/${shop}.json`), at(`lego/${shop}.json`));
      expect(await now()).toEqual({ node: null, plan: undefined });
    },
  );

  it('dehydrated is told by its list, also under another name there', async () => {
    const home = 'dehydrated/certs/site';
    await putPair(`${home}/fullchain-1795991570.pem`, `${home}/privkey-1795991570.pem`);
    for (const name of ['fullchain', 'privkey'])
      await symlink(`${name}-1795991570.pem`, at(`${home}/${name}.pem`));
    await put({ 'dehydrated/domains.txt': `# sites\n${shop} www.${shop} >Site\n` });
    const { now, node, plan } = await seen(`${home}/fullchain.pem`, `${home}/privkey.pem`);
    expect(node).toEqual(managed('dehydrated', at('dehydrated/domains.txt')));
    expect(plan).toMatchObject(stops(`remove the line of site from ${at('dehydrated/domains.txt')}`));
    await put({ 'dehydrated/domains.txt': `# ${shop} >site\nother.example\n` });
    expect(await now()).toEqual({ node: null, plan: undefined });
  });

  it('a path like one of certbot is nobody’s while there is no renewal file, or it is not to be used', async () => {
    const archive = `letsencrypt/archive/${shop}`;
    await putPair(`${archive}/fullchain1.pem`, `${archive}/privkey1.pem`);
    await mkdir(at(`letsencrypt/live/${shop}`), { recursive: true });
    for (const name of ['fullchain', 'privkey'])
      await symlink(`../../archive/${shop}/${name}1.pem`, at(`letsencrypt/live/${shop}/${name}.pem`));
    const live = `letsencrypt/live/${shop}`;
    const { now, ...before } = await seen(`${live}/fullchain.pem`, `${live}/privkey.pem`);
    expect(before).toEqual({ node: null, plan: undefined });
    const note = `letsencrypt/renewal/${shop}.conf`;
    await put({ [note]: 'version = 2.1.0\n[renewalparams]\nautorenew = False\n' });
    expect(await now()).toEqual({ node: null, plan: undefined });
    await put({ [note]: 'version = 2.1.0\n[renewalparams]\nautorenew = True\n' });
    expect((await now()).node).toEqual(managed('certbot', at(note)));
  });

  it.each([
    [`.acme.sh/${shop}`, ''],
    [`config/${shop}_ecc`, ' --ecc'],
  ])('acme.sh is told by its own file beside the certificate: %s', async (home, option) => {
    await putPair(`${home}/fullchain.cer`, `${home}/${shop}.key`);
    await put({ [`${home}/${shop}.conf`]: `Le_Domain='${shop}'\nLe_Alt='no'\n` });
    const { now, node, plan } = await seen(`${home}/fullchain.cer`, `${home}/${shop}.key`);
    expect(node).toEqual(managed('acme.sh', at(`${home}/${shop}.conf`)));
    expect(plan).toMatchObject(stops(`run "acme.sh --remove -d ${shop}${option}"`));
    // what --remove does
    await rename(at(`${home}/${shop}.conf`), at(`${home}/${shop}.conf.removed`));
    expect(await now()).toEqual({ node: null, plan: undefined });
  });

  it('acme.sh is told where it installs what it renews (acmesh-official/acme.sh#510)', async () => {
    const home = join('/root/.acme.sh', `trustkeep-test-${process.pid}.example`);
    await putPair(`ssl/${shop}/${shop}.fullchain.pem`, `ssl/${shop}/${shop}.key.pem`);
    await mkdir(home, { recursive: true });
    const conf = join(home, `${shop}.conf`);
    try {
      await writeFile(
        conf,
        `Le_Domain='${shop}'\nLe_RealCertPath=''\nLe_RealKeyPath='${at(`ssl/${shop}/${shop}.key.pem`)}'\n` +
          `Le_RealFullChainPath='${at(`ssl/${shop}/${shop}.fullchain.pem`)}'\nLe_ReloadCmd='service nginx force-reload'\n`,
      );
      const { node, plan } = await seen(`ssl/${shop}/${shop}.fullchain.pem`, `ssl/${shop}/${shop}.key.pem`);
      expect(node).toEqual(managed('acme.sh', conf));
      expect(plan).toMatchObject([
        { files: [at(`ssl/${shop}/${shop}.key.pem`), at(`ssl/${shop}/${shop}.fullchain.pem`)] },
      ]);
    } finally {
      await rm(home, { recursive: true });
      if (readdirSync(dirname(home)).length === 0) await rm(dirname(home), { recursive: true });
    }
  });

  it('acme.sh is told at a copy that its --reloadcmd made, by the certificate (acmesh-official/acme.sh#104)', async () => {
    const home = join('/root/.acme.sh', `trustkeep-copy-${process.pid}.example`);
    const leaf = leafFor(shop);
    await put({ 'ssl/copy.pem': leaf.chainPem, 'ssl/copy.key': leaf.keyPem });
    await mkdir(home, { recursive: true });
    try {
      await writeFile(join(home, `${shop}.cer`), leaf.certPem);
      await writeFile(
        join(home, `trustkeep-copy-${process.pid}.example.conf`),
        `Le_Domain='${dirname(home)}'\n`,
      );
      const { now, node, plan } = await seen('ssl/copy.pem', 'ssl/copy.key');
      expect([node, plan]).toEqual([null, undefined]);
      await writeFile(
        join(home, `trustkeep-copy-${process.pid}.example.conf`),
        `Le_Domain='trustkeep-copy-${process.pid}.example'\nLe_ReloadCmd='cat /x > ${at('ssl/copy.pem')}'\n`,
      );
      const found = await now();
      expect(found.node).toEqual(managed('acme.sh', `it is a copy of ${join(home, `${shop}.cer`)}, and `));
      expect(found.plan).toMatchObject([
        {
          files: [at('ssl/copy.key'), at('ssl/copy.pem')],
          sentence: expect.stringMatching(
            /To prevent that, remove it from what copies the renewed certificate here/,
          ),
        },
      ]);
    } finally {
      await rm(home, { recursive: true });
      if (readdirSync(dirname(home)).length === 0) await rm(dirname(home), { recursive: true });
    }
  });

  it('Caddy is told by the file that it keeps beside the certificate', async () => {
    const home = `caddy/certificates/acme-v02.api.letsencrypt.org-directory/${shop}`;
    await putPair(`${home}/${shop}.crt`, `${home}/${shop}.key`);
    await put({ [`${home}/${shop}.json`]: `{\n\t"sans": [\n\t\t"${shop}"\n\t]\n}` });
    const { node, plan } = await seen(`${home}/${shop}.crt`, `${home}/${shop}.key`);
    expect(node).toEqual(managed('Caddy', at(`${home}/${shop}.json`)));
    expect(plan).toMatchObject(stops(`remove ${shop} from the configuration of Caddy`));
  });

  it('mod_md is told by its file, but where it was told not to renew', async () => {
    const home = `md/domains/${shop}`;
    await putPair(`${home}/pubcert.pem`, `${home}/privkey.pem`);
    const md = (mode: number) =>
      `{\n  "name": "${shop}",\n  "domains": [\n    "${shop}"\n  ],\n  "renew-mode": ${mode},\n  "renew-window": "33%"\n}`;
    await put({ [`${home}/md.json`]: md(1) });
    const { now, node, plan } = await seen(`${home}/pubcert.pem`, `${home}/privkey.pem`);
    expect(node).toEqual(managed('mod_md of Apache', at(`${home}/md.json`)));
    expect(plan).toMatchObject(stops('set "MDRenewMode manual"'));
    await put({ [`${home}/md.json`]: md(0) });
    expect(await now()).toEqual({ node: null, plan: undefined });
  });

  it.each([
    ['Ansible', '# Ansible managed\n', 'Ansible managed'],
    [
      'Ansible',
      '#\n# ansible managed: /srv/site.j2 modified on 2026-01-01\n#\n',
      'ansible managed: /srv/site.j2',
    ],
    ['Puppet', '# MANAGED BY PUPPET\n# Any change will be overwritten\n', 'MANAGED BY PUPPET'],
    ['Chef', '#\n# Generated by Chef for web1.example\n# Local modifications will be overwritten.\n', 'web1'],
    ['Salt', '# This file is managed by Salt. Please do not make changes.\n', 'managed by Salt'],
  ])('%s is told when the plan edits a file that begins with its words', async (who, head, words) => {
    const leaf = leafFor('a.example', 'b.example');
    const tls = 'ssl_certificate a.crt; ssl_certificate_key a.key;';
    const { endpoint, server } = await start({
      files: {
        ...{ 'a.crt': leaf.chainPem, 'a.key': leaf.keyPem },
        'sites/b.conf': `${head}server { listen 127.0.0.1:{port} ssl; server_name b.example; ${tls} }\n`,
        'sites/a.conf': `server { listen 127.0.0.1:{port} ssl; server_name a.example; ${tls} }\n${head}`,
      },
      http: 'include sites/*.conf;',
    });
    const conf = join(server.dir, 'sites/b.conf');
    expect((await planFor(endpoint, 'b.example')).takesOver).toEqual([
      {
        who,
        evidence: expect.stringMatching(new RegExp(`^${conf} begins with ".*${words}`)),
        files: [conf],
        sentence: expect.stringContaining(`${who} will undo that when it writes the file again`),
      },
    ]);
    expect(await planFor(endpoint, 'a.example')).not.toHaveProperty('takesOver');
  });
});
