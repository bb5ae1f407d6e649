import { addOverStore, type Opening } from './page-openings.ts';

/** Credential stores, the proxy and backups. */
export const storeOpenings: Opening[] = [
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
      await addOverStore(page);
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
      await addOverStore(page);
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

/** Those that are looked at in the dark too. */
export const inTheDark = [
  'stores',
  'store-stops',
  'store-add',
  'endpoint-add-store',
  'proxy-trial',
  'proxy-doctor',
  'backup',
  'node-of-certbot',
  'plan-over-certbot',
  'authority-account',
  'authority-account-import',
];
