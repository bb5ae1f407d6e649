/**
 * Certificates that another program keeps elsewhere and copies to where a server reads them: asked on this machine, with the
 * real programs of a host, in the places where certbot, lego and acme.sh have them.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { readManagers } from '../../../electron/providers/endpoints/common/managers.ts';

const name = `trustkeep-test-${process.pid}.example`;
const leaf = makeLeaf(makeCa(), { names: [name] }).certPem;
const certbot = '/etc/letsencrypt';
const conf = `${certbot}/renewal/${name}.conf`;

let data: ReturnType<typeof tempDirectory>;
let put: string[];
beforeEach(() => {
  data = tempDirectory('copies');
  put = [];
});
afterEach(() => {
  for (const path of put) rmSync(path, { force: true });
  for (const path of put)
    for (let above = dirname(path); !['/etc', '/root', '/tmp'].includes(above); above = dirname(above)) {
      if (!existsSync(above)) continue;
      if (readdirSync(above).length > 0) break;
      rmdirSync(above);
    }
  data.remove();
});

/** Writes a file and removes it after the test, with the directories that are empty then. */
function lay(path: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { flag: 'wx' });
  chmodSync(path, mode);
  put.push(path);
}

async function seen(path: string, leafPem: string | null = leaf) {
  const managers = await readManagers(new LocalConnection(systemClock), [{ path, realPath: path, leafPem }]);
  return managers(path);
}

const copy = () => join(data.path, 'private/cert.pem');

describe.skipIf(process.getuid?.() !== 0)(
  'what any user of the host can lay where acme.sh keeps its files',
  () => {
    const home = `/home/${name}`;
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    it.each([
      ['a pipe in the place of a note', 'other/other.conf', null],
      ['a link to a device in the place of a note', 'other/other.conf', '/dev/zero'],
      ['a certificate whose path has a line of its own, that of a pipe', 'other\n', null],
      ['a certificate whose path has a line of its own, that of a device', 'other\n', '/dev/zero'],
    ])('keeps nothing from being seen: %s', async (_what, place, to) => {
      const below = `${home}/.acme.sh/${place}`;
      const trap = place.endsWith('\n') ? join('/tmp', `cert-${name}.pem`) : below;
      mkdirSync(dirname(below), { recursive: true });
      if (to === null) execFileSync('mkfifo', [trap]);
      else symlinkSync(to, trap);
      if (trap !== below) {
        put.push(trap);
        mkdirSync(join(below, dirname(trap)), { recursive: true });
        writeFileSync(join(below, trap), '');
      }
      lay(`/etc/acme.sh/${name}_ecc/${name}.cer`, leaf);
      lay(`/etc/acme.sh/${name}_ecc/${name}.conf`, `Le_Domain='${name}'\n`);
      expect(await seen(copy())).toMatchObject({ who: 'acme.sh' });
    });
  },
);

describe.skipIf(process.getuid?.() !== 0)('a file that another program copies', () => {
  it('is told by the certificate that certbot keeps, with what renews it', async () => {
    lay(`${certbot}/archive/${name}/cert3.pem`, leaf);
    expect(await seen(copy())).toBeNull();
    lay(conf, 'version = 2.1.0\n[renewalparams]\nauthenticator = webroot\n');
    const managed = await seen(copy());
    expect(managed).toMatchObject({
      who: 'certbot',
      evidence: `it is a copy of ${certbot}/archive/${name}/cert3.pem, and ${conf} lists this certificate for renewal`,
      stop: expect.stringMatching(/^remove it from what copies the renewed certificate here .*, or move /),
    });
    expect(await seen(copy(), makeLeaf(makeCa(), { names: [name] }).certPem)).toBeNull();
  });

  it.each([
    // its hook is only on its command line (go-acme/lego#1150)
    [
      'lego',
      `/etc/lego/certificates/${name}.crt`,
      `/etc/lego/certificates/${name}.json`,
      '{"certUrl": "https://ca.example/1"}',
    ],
    // without --install-cert: copied by --reloadcmd (acmesh-official/acme.sh#104)
    [
      'acme.sh',
      `/etc/acme.sh/${name}_ecc/${name}.cer`,
      `/etc/acme.sh/${name}_ecc/${name}.conf`,
      `Le_Domain='${name}'\n`,
    ],
  ])('is told by the certificate that %s keeps', async (who, store, note, content) => {
    lay(store, leaf);
    lay(note, content);
    expect(await seen(copy())).toMatchObject({
      who,
      evidence: expect.stringContaining(`it is a copy of ${store}, and ${note}`),
    });
    rmSync(note);
    expect(await seen(copy())).toBeNull();
  });

  it('is told by a script that certbot runs after each renewal (medic/cht-core#8122)', async () => {
    const script = `${certbot}/renewal-hooks/deploy/${name}.sh`;
    lay(
      script,
      `#!/bin/sh\ncp "$RENEWED_LINEAGE/fullchain.pem" ${copy()}\ncp "$RENEWED_LINEAGE/privkey.pem" ${copy()}.key\n`,
    );
    expect(await seen(copy(), null)).toBeNull();
    chmodSync(script, 0o700);
    expect(await seen(copy(), null)).toMatchObject({
      who: 'certbot',
      evidence: `${script}, which certbot runs after each renewal, names this file`,
      stop: `remove this file from ${script}`,
    });
    expect(await seen(dirname(copy()), null)).toBeNull();
    expect(await seen(`${copy()}.ke`, null)).toBeNull();
  });

  it('is told by the hook in a renewal file, and by the script that it names (certbot/certbot#5935)', async () => {
    const params = '[renewalparams]\nauthenticator = webroot\n';
    lay(
      conf,
      `${params}renew_hook = cp $RENEWED_LINEAGE/fullchain.pem ${copy()} && service dovecot reload\n`,
    );
    expect((await seen(copy(), null))?.evidence).toBe(
      `${conf}, which certbot runs after the renewal that ${conf} describes, names this file`,
    );
    const script = join(data.path, 'copy.sh');
    writeFileSync(script, `install -m 640 "$RENEWED_LINEAGE/fullchain.pem" "${copy()}"\n`);
    writeFileSync(conf, `${params}renew_hook = /bin/sh ${script}\n`);
    expect((await seen(copy(), null))?.evidence).toBe(
      `${script}, which certbot runs after the renewal that ${conf} describes, names this file`,
    );
    writeFileSync(script, `  # does not touch ${copy()}\n`);
    expect(await seen(copy(), null)).toBeNull();
    writeFileSync(script, `install "${copy()}"\n`);
    writeFileSync(conf, `${params}autorenew = False\nrenew_hook = /bin/sh ${script}\n`);
    expect(await seen(copy(), null)).toBeNull();
  });
});
