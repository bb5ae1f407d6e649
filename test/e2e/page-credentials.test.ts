import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness, sizes } from './page-harness.ts';

const addOver = async (page: Page): Promise<void> => {
  await page.click('text=Add endpoint');
  await page.selectOption('[data-field=connection_type]', 'ssh');
  await page.check('role=radio[name="Credential store"]');
};

describe.runIf(have('chromium'))('credential stores, the proxy and backups in the window', () => {
  const { open, calls, inspect } = pageHarness();

  const openings: Array<[name: string, place: string, scene: string, act?: (page: Page) => Promise<void>]> = [
    ['stores', 'credential-stores', 'rich'],
    ['stores-empty', 'credential-stores', 'empty'],
    ['store-default', 'credential-stores/cs_default', 'rich'],
    ['store-default-empty', 'credential-stores/cs_default', 'empty'],
    [
      'store-default-settings',
      'credential-stores/cs_default',
      'rich',
      (page) => page.click('role=tab[name=Settings]'),
    ],
    ['store-many', 'credential-stores/cs_default', 'many-credentials'],
    ['store-vault', 'credential-stores/cs_vault', 'rich'],
    [
      'store-vault-settings',
      'credential-stores/cs_vault',
      'rich',
      (page) => page.click('role=tab[name=Settings]'),
    ],
    [
      'store-vault-users',
      'credential-stores/cs_vault',
      'rich',
      (page) => page.click('role=tab[name=/Used by/]'),
    ],
    ['store-stops', 'credential-stores/cs_ccp', 'rich'],
    ['store-untested', 'credential-stores/cs_delinea', 'rich'],
    ['store-add', 'credential-stores', 'rich', (page) => page.click('text=Add credential store')],
    [
      'store-add-approle',
      'credential-stores',
      'rich',
      async (page) => {
        await page.click('text=Add credential store');
        await page.selectOption('[data-field=authtype]', 'AppRoleFile');
        await page.click('text=Advanced');
      },
    ],
    [
      'store-add-cyberark',
      'credential-stores',
      'rich',
      async (page) => {
        await page.click('text=Add credential store');
        await page.check('role=radio[name=CyberArk]');
        await page.fill('[data-field=authcert]', '/etc/trustkeep/ccp.pfx');
      },
    ],
    ['store-edit', 'credential-stores/cs_ccp', 'rich', (page) => page.click('role=button[name=Edit]')],
    [
      'credential',
      'credential-stores/cs_default/print-server',
      'rich',
      (page) => page.waitForSelector('text=svc.print >> nth=-1').then(() => {}),
    ],
    ['credential-add', 'credential-stores/cs_default', 'rich', (page) => page.click('text=Add credential')],
    [
      'credential-edit',
      'credential-stores/cs_default/print-server',
      'rich',
      async (page) => {
        await page.click('role=button[name=Edit]');
        await page.click('[data-take-away=privatekeypath]');
      },
    ],
    [
      'look-up',
      'credential-stores/cs_vault/shop%2Fweb-2',
      'rich',
      async (page) => {
        await page.click('role=button[name="Look up"]');
        await page.waitForSelector('text=a password change is in process');
      },
    ],
    [
      'endpoint-store',
      'endpoints',
      'rich',
      async (page) => {
        await page.click('text=shop-web-2');
        await page.click('role=tab[name=Settings]');
        await page.waitForSelector('text=shop/web-2');
      },
    ],
    [
      'endpoint-add-store',
      'endpoints',
      'rich',
      async (page) => {
        await addOver(page);
        await page.selectOption('[data-field=store]', 'vault1');
        await page.fill('[data-field=store_cred_id]', 'shop/web-9');
        await page.click('role=button[name=Check]');
        await page.waitForSelector('text=Found: deploy');
      },
    ],
    [
      'endpoint-add-local-store',
      'endpoints',
      'rich',
      async (page) => {
        await addOver(page);
        await page.selectOption('[data-field=store]', 'trustkeep-store');
        await page.locator('[data-field=store_cred_id]').pressSequentially('gra');
        await page.waitForSelector('.fui-Option');
      },
    ],
    ['proxy', 'proxy', 'rich'],
    ['proxy-none', 'proxy', 'empty'],
    [
      'proxy-pac',
      'proxy',
      'rich',
      async (page) => {
        await page.check('role=radio[name="PAC file"]');
        await page.fill('[data-field=pacurl]', 'http://wpad.nordhafen.internal/proxy.pac');
      },
    ],
    [
      'proxy-doctor',
      'proxy',
      'rich',
      async (page) => {
        await page.click('role=button[name="Test connection"]');
        await page.waitForSelector('[data-report=not-ok]');
        await page.locator('[data-report]').scrollIntoViewIfNeeded();
        await page.locator('article >> nth=1').scrollIntoViewIfNeeded();
      },
    ],
    [
      'proxy-trial',
      'proxy',
      'rich',
      async (page) => {
        await page.fill('[data-field=port]', '8080');
        await page.fill('[data-field=password]', 'secret');
        await page.click('text=Save on trial for 60 s');
        await page.waitForSelector('[data-trial]');
      },
    ],
    ['rotate', 'settings', 'rich', (page) => page.click('text=Rotate master key…')],
    ['rotate-passphrase', 'settings', 'passphrase', (page) => page.click('text=Rotate master key…')],
    ['backup', 'settings', 'rich', (page) => page.click('text=Create backup…')],
    ['restore', 'settings', 'rich', (page) => page.click('text=Restore…')],
  ];

  for (const size of sizes)
    describe(`at ${size.width} × ${size.height}`, () => {
      for (const [name, place, scene, act] of openings)
        it(`draws ${name} without trouble, within its width and with a name for every control`, async () => {
          const opened = await open({ scene, place, size });
          await act?.(opened.page);
          await inspect(opened, `${name}-${size.width}`);
        });
    });

  const inTheDark = [
    'stores',
    'store-stops',
    'store-add',
    'endpoint-add-store',
    'proxy-trial',
    'proxy-doctor',
    'backup',
  ];
  for (const [name, place, scene, act] of openings.filter(([one]) => inTheDark.includes(one)))
    it(`draws ${name} in the dark, at 1024 × 700`, async () => {
      const opened = await open({ scene, place, size: { width: 1024, height: 700 }, colours: 'dark' });
      await act?.(opened.page);
      await inspect(opened, `${name}-dark`);
    });

  it('adds a credential store with what its kind needs, and keeps the token off the screen', async () => {
    const { page, troubles } = await open({ place: 'credential-stores' });
    await page.click('text=Add credential store');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Token is required.');
    await page.fill('[data-field=storename]', 'vault2');
    await page.fill('[data-field=vaulturl]', 'https://vault2.example:8200');
    await page.fill('[data-field=rootpath]', 'kv/hosts');
    await page.fill('[data-field=token]', 'hvs.marked-token');
    const text = await page.innerText('[role=dialog]');
    expect(text).toContain(
      'trustkeep credstore add hashicorp --storename vault2 --vaulturl https://vault2.example:8200 --token-prompt --rootpath kv/hosts',
    );
    expect(text).not.toContain('marked-token');
    await page.click('button[type=submit]');
    await page.waitForSelector('h1:has-text("vault2")');
    expect((await calls(page))[0]).toEqual({
      command: 'credentialStores.add',
      input: {
        kind: 'hashicorp',
        storename: 'vault2',
        vaulturl: 'https://vault2.example:8200',
        authtype: 'Token',
        token: 'hvs.marked-token',
        rootpath: 'kv/hosts',
      },
    });
    expect(await page.content()).not.toContain('marked-token');
    expect(troubles).toEqual([]);
  });

  it('gives back what was typed for a kind when its form is left and come back to', async () => {
    const { page, troubles } = await open({ place: 'credential-stores' });
    await page.click('text=Add credential store');
    await page.fill('[data-field=storename]', 'vault3');
    await page.fill('[data-field=vaulturl]', 'https://vault3.example:8200');
    await page.check('role=radio[name=CyberArk]');
    expect(await page.inputValue('[data-field=storename]')).toBe('vault3');
    await page.fill('[data-field=appid]', 'Trustkeep');
    await page.check('role=radio[name=/HashiCorp/]');
    expect(await page.inputValue('[data-field=vaulturl]')).toBe('https://vault3.example:8200');
    await page.check('role=radio[name=CyberArk]');
    expect(await page.inputValue('[data-field=appid]')).toBe('Trustkeep');
    expect(troubles).toEqual([]);
  });

  it('begins a page that was turned to with its first row', async () => {
    const { page } = await open({
      scene: 'many-credentials',
      place: 'credential-stores/cs_default',
      size: sizes[1],
    });
    await page.click('role=button[name=/Next/]');
    await page.waitForSelector('text=host-000100');
    const top = async () => (await page.locator('tbody tr').first().boundingBox())?.y;
    await expect.poll(top).toBeGreaterThan(0);
    expect(await top()).toBeLessThan(sizes[1].height);
  });

  it('keeps a form in which something was typed when a person clicks beside it; Escape closes it', async () => {
    const { page } = await open({ place: 'credential-stores' });
    await page.click('text=Add credential store');
    await page.fill('[data-field=storename]', 'vault3');
    await page.mouse.click(8, 740);
    await page.waitForTimeout(400);
    expect(await page.inputValue('[data-field=storename]')).toBe('vault3');
    await page.locator('[data-field=storename]').focus();
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.click('text=Add credential store');
    await page.waitForSelector('[data-field=storename]');
    await page.mouse.click(8, 740);
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
  });

  it('asks for what another way of logging in lacks, and keeps the rest', async () => {
    const { page } = await open({ place: 'credential-stores/cs_vault' });
    await page.click('role=button[name=Edit]');
    expect(await page.getAttribute('[data-field=secretid]', 'placeholder')).toBe('unchanged');
    await page.selectOption('[data-field=authtype]', 'Token');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Token is required.');
    await page.fill('[data-field=token]', 'hvs.new');
    await page.fill('[data-field=storename]', 'vault-one');
    await page.click('button[type=submit]');
    await page.waitForSelector('h1:has-text("vault-one")');
    expect((await calls(page))[0]?.input).toEqual({
      kind: 'hashicorp',
      storename: 'cs_vault',
      new_storename: 'vault-one',
      changes: { authtype: 'Token', token: 'hvs.new' },
    });
  });

  it('says at which step a test stops, in words, before all else', async () => {
    const { page } = await open({ place: 'credential-stores/cs_ccp' });
    await page.click('role=button[name=Test]');
    await page.waitForFunction(() => document.body.innerText.includes('Tested just now'));
    expect(await page.innerText('.fui-MessageBar')).toMatch(/^Failed at: TLS\.\s*The certificate of/);
    expect((await calls(page))[0]?.command).toBe('credentialStores.verify');
  });

  it('shows who uses a credential store whose removal is refused, each with a link', async () => {
    const { page } = await open({ place: 'credential-stores/cs_vault' });
    await page.click('role=button[name=Remove]');
    await page.click('[role=alertdialog] >> role=button[name=Remove]');
    await page.waitForSelector('[data-failure="credential-store.in-use"]');
    expect(await page.innerText('[data-failure]')).toContain('is used by 2 endpoints: shop-web-2, ');
    await page.click('[role=alertdialog] >> role=link[name=shop-web-2]');
    await page.waitForSelector('h1:has-text("shop-web-2")');
  });

  it('offers no removal of the default credential store, and says why', async () => {
    const { page } = await open({ place: 'credential-stores/cs_default' });
    await page.waitForSelector('text=grafana-deploy');
    expect(await page.locator('role=button[name=Remove]').count()).toBe(0);
    await page.click('role=tab[name=Settings]');
    await page.waitForSelector('text=It cannot be removed');
  });

  it('walks through a hundred thousand credentials a hundred at a time', async () => {
    const { page, troubles } = await open({
      scene: 'many-credentials',
      place: 'credential-stores/cs_default',
    });
    const rows = () => page.locator('[data-row-link]').allInnerTexts();
    await page.waitForSelector('text=1–100 of 100,000');
    expect(await rows()).toHaveLength(100);
    await page.click('text=Next');
    await page.waitForSelector('text=101–200 of 100,000');
    expect((await rows())[0]).toBe('host-000100');
    await page.click('text=host-000107');
    await page.waitForSelector('[role=dialog] >> text=reveal');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.waitForSelector('text=101–200 of 100,000'); // who looked at one is back where it is
    await page.click('text=Previous');
    await page.waitForSelector('text=1–100 of 100,000');
    await page.fill('[aria-label="Search by credential ID"]', '99999');
    await page.waitForSelector('text=1–1 of 1');
    expect(await rows()).toEqual(['host-099999']);
    await page.focus('[data-row-link]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] >> text=reveal');
    expect(troubles).toEqual([]);
  });

  it('adds a credential, changes it and takes its password away', async () => {
    const { page } = await open({ place: 'credential-stores/cs_default' });
    await page.click('text=Add credential');
    await page.fill('[data-field=id]', 'web-9');
    await page.fill('[data-field=username]', 'deploy');
    await page.fill('[data-field=password]', 'marked-password');
    expect(await page.innerText('[role=dialog]')).not.toContain('marked-password');
    await page.click('button[type=submit]');
    await page.click('text=web-9');
    await page.click('[role=dialog] >> role=button[name=Edit]');
    await page.click('[data-take-away=password]');
    await page.click('button[type=submit]');
    await page.waitForFunction(() => !document.querySelector('[data-take-away]'));
    const [added, changed] = await calls(page);
    expect(added?.input).toEqual({
      storename: 'cs_default',
      id: 'web-9',
      username: 'deploy',
      password: 'marked-password',
    });
    expect(changed?.input).toEqual({ storename: 'cs_default', id: 'web-9', changes: { password: null } });
  });

  it('gives the keyboard back where it was when what was opened is closed', async () => {
    const { page } = await open({ place: 'credential-stores/cs_default' });
    const here = () => page.evaluate(() => document.activeElement?.textContent);
    await page.focus('[data-row-link]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.click('[role=dialog] >> role=button[name=Remove]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    await expect.poll(here).toBe('Remove');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await expect.poll(here).toBe('intranet-root');
  });

  it('asks a vault only when a person says so', async () => {
    const { page } = await open({ place: 'credential-stores/cs_vault/shop%2Fweb-2' });
    const reads = () => page.evaluate('trustkeepFake.world.reads');
    await page.evaluate(`trustkeepFake.changed('credentials', 'endpoints', 'credential-stores')`);
    await page.waitForTimeout(400);
    expect(await reads()).toEqual([]);
    await page.click('role=button[name="Look up"]');
    await page.waitForSelector('text=version 3, written 2026-11-01');
    expect(await reads()).toEqual(['cs_vault shop/web-2']);
    await page.fill('[data-field=look-up]', 'missing');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-failure="credential.not-found"]');
    expect(await page.isVisible('text=version 3, written 2026-11-01')).toBe(false);
  });

  it('lets an endpoint log in with a credential store, and says so on the command line', async () => {
    const { page } = await open({ place: 'endpoints' });
    await addOver(page);
    await page.fill('[data-field=name]', 'edge');
    await page.fill('[data-field=host]', '10.0.0.9');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Credential ID is required.');
    await page.selectOption('[data-field=store]', 'trustkeep-store');
    await page.locator('[data-field=store_cred_id]').pressSequentially('graf');
    await page.click('.fui-Option >> text=grafana-deploy');
    expect(await page.inputValue('[data-field=store_cred_id]')).toBe('grafana-deploy');
    await page.click('role=button[name=Check]');
    await page.waitForSelector('text=Found: deploy, ssh-ed25519 SHA256:');
    expect(await page.innerText('[role=dialog]')).toContain(
      'trustkeep tls add nginx --name edge --connection_type ssh --host 10.0.0.9 --store trustkeep-store --store_cred_id grafana-deploy',
    );
    await page.click('button[type=submit]');
    await page.waitForSelector('[data-instance-id]');
    const { input } = (await calls(page))[0] ?? {};
    expect(input).toMatchObject({ store: 'trustkeep-store', store_cred_id: 'grafana-deploy' });
    expect(input).not.toHaveProperty('log_in_with');
    expect(input).not.toHaveProperty('password');
  });

  it('takes the credential store away from an endpoint that logs in otherwise from now on', async () => {
    const { page } = await open({ place: 'endpoints' });
    await page.click('text=shop-web-2');
    await page.click('text=More…');
    await page.click('role=menuitem[name=Edit]');
    expect(await page.inputValue('[data-field=store]')).toBe('vault1');
    await page.check('role=radio[name=Password]');
    await page.fill('[data-field=user]', 'root');
    await page.fill('[data-field=password]', 'other');
    await page.click('button[type=submit]');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    expect((await calls(page))[0]?.input.changes).toEqual({
      user: 'root',
      password: 'other',
      store: null,
      store_cred_id: null,
    });
  });

  it('counts a trial of the proxy down above every screen until somebody keeps it', async () => {
    const { page, troubles } = await open({ place: 'proxy' });
    await page.fill('[data-field=domain]', 'OTHER');
    await page.click('text=Save on trial for 60 s');
    await page.waitForSelector('[data-trial]');
    await page.click('nav >> text=Tasks');
    await page.waitForSelector('h1:has-text("Tasks")');
    const left = await page.getAttribute('[data-trial]', 'data-trial');
    await page.waitForFunction(
      (then) => document.querySelector('[data-trial]')?.getAttribute('data-trial') !== then,
      left,
    );
    await page.click('text=Keep it');
    await page.waitForSelector('[data-trial]', { state: 'detached' });
    expect(await page.isVisible('text=was reverted')).toBe(false);
    expect((await calls(page)).map((call) => call.command)).toEqual(['proxy.set', 'proxy.confirm']);
    expect((await calls(page))[0]?.input).toEqual({
      host: 'proxy.nordhafen.internal',
      port: 3128,
      user: 'svc-trustkeep',
      domain: 'OTHER',
      bypass: ['*.nordhafen.internal', '10.0.0.0/8'],
      confirm: 60,
    });
    expect(troubles).toEqual([]);
  });

  it('says that the setting from before is back when nobody kept the trial', async () => {
    const { page } = await open({ scene: 'hurried', place: 'proxy' });
    await page.check('role=radio[name="No proxy"]');
    await page.click('text=Save on trial for 60 s');
    await page.waitForSelector('text=The proxy setting was reverted.');
    await expect.poll(() => page.inputValue('[data-field=host]')).toBe('proxy.nordhafen.internal');
  });

  it('asks for the password again when it would go to another proxy, and offers to save what was refused', async () => {
    const { page } = await open({ place: 'proxy' });
    await page.fill('[data-field=host]', 'wrong.example');
    await page.click('text=Test and save');
    await page.waitForSelector('text=Enter the password');
    await page.fill('[data-field=password]', 'marked-password');
    await page.click('text=Test and save');
    await page.waitForSelector('[data-failure="proxy.does-not-get-out"]');
    await page.click('text=Save without testing');
    await page.waitForSelector('text=It takes effect immediately');
    expect((await calls(page)).at(-1)?.input).toMatchObject({ host: 'wrong.example', try_first: false });
    expect(await page.inputValue('[data-field=password]')).toBe('');
  });

  it('examines one address when it is named', async () => {
    const { page } = await open({ place: 'proxy' });
    await page.fill('[data-field=doctor-url]', 'https://www.example.org');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-report=ok]');
    expect(await page.innerText('[data-report]')).toContain('The address was reached');
  });

  it('shows the new recovery key after a rotation until it is written down', async () => {
    const { page, troubles } = await open({ scene: 'passphrase', place: 'settings' });
    await page.click('text=Rotate master key…');
    await page.fill('[data-field=passphrase]', 'too short');
    await page.click('button[type=submit] >> text=Rotate');
    await page.waitForSelector('text=The passphrase must be at least 12 characters long.');
    await page.fill('[data-field=passphrase]', 'marked passphrase');
    await page.fill('[data-field=passphrase-again]', 'marked passphrasf');
    await page.click('button[type=submit] >> text=Rotate');
    await page.waitForSelector('text=The passphrases do not match.');
    await page.fill('[data-field=passphrase-again]', 'marked passphrase');
    await page.click('button[type=submit] >> text=Rotate');
    await page.waitForSelector('text=214 secrets were encrypted again');
    await page.click('text=Show recovery key');
    const key = await page.innerText('[data-recovery-key]');
    await page.keyboard.press('Escape');
    expect(await page.isVisible('[data-recovery-key]')).toBe(true);
    await page.click('text=I have saved it');
    await page.click('role=button[name=Continue]');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    expect(await page.content()).not.toContain(key);
    expect((await calls(page))[0]).toEqual({
      command: 'secrets.rotate',
      input: { passphrase: 'marked passphrase' },
    });
    expect(troubles).toEqual([]);
  });

  it('makes a backup, and restores one at the next start', async () => {
    const { page } = await open({ place: 'settings' });
    await page.click('text=Create backup…');
    await page.click('[role=dialog] >> role=button[name="Create backup"]');
    await page.waitForSelector('text=Enter the path of a file.');
    await page.fill('[data-field=path]', '/srv/backup/all.trustkeep');
    await page.fill('[data-field=passphrase]', 'marked passphrase');
    await page.fill('[data-field=passphrase-again]', 'marked passphrase');
    expect(await page.innerText('[role=dialog]')).toContain(
      'trustkeep backup create /srv/backup/all.trustkeep --passphrase-prompt',
    );
    await page.click('[role=dialog] >> role=button[name="Create backup"]');
    await page.waitForSelector('text=The backup was created (1.8 MB).');
    await page.click('text=Restore…');
    await page.fill('[data-field=path]', '/srv/backup/all.trustkeep');
    await page.fill('[data-field=passphrase]', 'another passphrase');
    await page.click('text=Check and restore');
    await page.waitForSelector('[data-failure="backup.wrong-passphrase"]');
    expect(await page.inputValue('[data-field=passphrase]')).toBe('');
    await page.fill('[data-field=passphrase]', 'correct horse battery');
    await page.click('text=Check and restore');
    await page.waitForSelector('text=replaces the database at the next start');
    await page.click('text=Stop Trustkeep now');
    await page.waitForSelector('text=Trustkeep is stopping');
    expect((await calls(page)).map((call) => call.command)).toEqual([
      'backups.create',
      'backups.restore',
      'backups.restore',
      'agent.stop',
    ]);
  });
});
