/** What is stored of a proof of control says neither which file it is nor which record: that is told by the order, each time. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import { makeTestOrder } from '../../make/acme.ts';
import { acme, ca, prepareStrictCa, ready } from './strict-ca.ts';

const elsewhere = 'A'.repeat(43);

describe.skipIf(!ready)('a stored proof of control', () => {
  prepareStrictCa();

  /** An order that was placed, with one proof in its handle as if it had been stored there. */
  async function placed(proof: (thumbprint: string) => object, made = acme(ca)) {
    const webRoot = new Map<string, string>();
    const order = await makeTestOrder(['shop.example'], { webRoot });
    const handle = (await made.authority.submit(order.request, null, order.tools)) as object;
    const thumbprint = (await made.authority.account.look())?.thumbprint ?? '';
    const stored = { ...handle, provisions: [{ challengeUrl: 'https://ca/1', ...proof(thumbprint) }] };
    const poll = async () => made.authority.poll(stored, order.request, order.tools);
    const cleanUp = () => made.authority.cleanUp(stored, order.request, order.tools);
    return { webRoot, poll, cleanUp, thumbprint };
  }
  const damaged = { code: 'acme.handle-damaged' };
  const byFile = { by: 'web-root', name: 'shop.example' };

  test.each([
    [
      'for a name that was not ordered',
      (own: string) => ({ ...byFile, name: 'bank.example', keyAuthorization: `t.${own}` }),
    ],
    ['from another account', () => ({ ...byFile, keyAuthorization: `t.${elsewhere}` })],
    ['that is none', () => ({ ...byFile, keyAuthorization: '<?php' })],
    [
      'whose token leads out of the directory',
      (own: string) => ({ ...byFile, keyAuthorization: `../x.${own}` }),
    ],
    [
      'with any content, as earlier versions stored it',
      () => ({ ...byFile, path: '/shell.php', body: '<?php' }),
    ],
    [
      'by a record, as earlier versions stored it',
      () => ({
        by: 'dns-script',
        name: 'shop.example',
        record: 'www.bank.example',
        value: 'x',
        addedAt: null,
      }),
    ],
  ])('%s is not put up', async (_what, proof) => {
    const { webRoot, poll } = await placed(proof);
    await expect(poll()).rejects.toMatchObject(damaged);
    expect(webRoot.size).toBe(0);
  });

  test('as earlier versions stored it goes to its own file, whatever path it says', async () => {
    const { webRoot, poll, cleanUp, thumbprint } = await placed((own) => ({
      ...{ ...byFile, path: '/index.html', body: `token.${own}` },
    }));
    webRoot.set('/index.html', 'the site');
    await poll();
    expect(webRoot.get('/.well-known/acme-challenge/token')).toBe(`token.${thumbprint}`);
    await cleanUp();
    expect([...webRoot.keys()]).not.toContain('/.well-known/acme-challenge/token');
    expect(webRoot.get('/index.html')).toBe('the site');
  });

  test('for a name that was not ordered removes nothing', async () => {
    const { webRoot, cleanUp } = await placed((own) => ({
      ...{ ...byFile, name: 'bank.example', keyAuthorization: `token.${own}` },
    }));
    webRoot.set('/.well-known/acme-challenge/token', 'of another order');
    await cleanUp();
    expect(webRoot.size).toBe(1);
  });

  test('for a name that was not ordered runs no script', async () => {
    const directory = tempDirectory('dns');
    try {
      const [script, ran] = [join(directory.path, 'script'), join(directory.path, 'ran')];
      writeFileSync(script, `#!/bin/sh\necho "$@" >> ${ran}\n`, { mode: 0o755 });
      const waits = { timeoutSeconds: 10, waitSeconds: 0, propagationSeconds: 0 };
      const scripts = { addScript: script, removeScript: script };
      const made = acme(ca, { validation: { method: 'dns-01-script', ...scripts, ...waits } });
      const { poll, cleanUp } = await placed(
        (own) => ({
          ...{ by: 'dns-script', name: 'bank.example', addedAt: null },
          keyAuthorization: `t.${own}`,
        }),
        made,
      );
      await expect(poll()).rejects.toMatchObject(damaged);
      await cleanUp();
      expect(existsSync(ran)).toBe(false);
    } finally {
      directory.remove();
    }
  });

  test('that a script does not remove is told and stays stored, and is removed when the script does it', async () => {
    const directory = tempDirectory('dns');
    try {
      const script = join(directory.path, 'script');
      const does = (code: number) => writeFileSync(script, `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
      does(3);
      const waits = { timeoutSeconds: 10, waitSeconds: 0, propagationSeconds: 0 };
      const scripts = { addScript: script, removeScript: script };
      const { authority } = acme(ca, { validation: { method: 'dns-01-script', ...scripts, ...waits } });
      const order = await makeTestOrder(['shop.example'], { webRoot: new Map() });
      const handle = (await authority.submit(order.request, null, order.tools)) as object;
      const thumbprint = (await authority.account.look())?.thumbprint ?? '';
      const common = { name: 'shop.example', challengeUrl: 'https://ca/1' };
      const proof = { by: 'dns-script', ...common, keyAuthorization: `t.${thumbprint}`, addedAt: 1 };
      const cleanUp = (of: unknown) => authority.cleanUp(of, order.request, order.tools);
      expect(await cleanUp({ ...handle, provisions: [proof] })).toMatchObject([
        {
          what: expect.stringMatching(
            /^the TXT record _acme-challenge\.shop\.example with the value \S{43}$/,
          ),
          because: { code: 'acme.dns-script-failed' },
        },
      ]);
      expect(order.known()).toMatchObject({ provisions: [proof] });
      does(0);
      expect(await cleanUp(order.known())).toEqual([]);
      expect(order.known()).toMatchObject({ provisions: [] });
    } finally {
      directory.remove();
    }
  });
});
