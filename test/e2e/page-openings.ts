import type { Page } from 'playwright-core';

/** What is opened to be drawn: the name of its picture, its place, its world, and what is done there first. */
export type Opening = [name: string, place: string, scene: string, act?: (page: Page) => Promise<void>];

const places = [
  'overview',
  'endpoints',
  'certificates',
  'certificates/orders',
  'tasks',
  'approvals',
  'authorities',
  'notifications',
  'audit',
  'settings',
];
/** Its certificate is one that another program renews. */
async function nodeOfCertbot(page: Page): Promise<void> {
  await page.click('text=mail-gateway');
  await page.click('[data-row-link] >> nth=0');
  await page.waitForSelector('[role=dialog] >> text=lists this certificate for renewal');
}

async function accountOfSectigo(page: Page): Promise<void> {
  await page.click('text=Sectigo');
  await page.click('text=Show account');
  await page.waitForSelector('text=acct/4711');
}

const showOnly = async (page: Page, filter: string): Promise<void> => {
  await page.selectOption('select[aria-label=Show]', filter);
};

export const openings: Opening[] = [
  ...places.map((place): Opening => [place.replace('/', '-'), place, 'rich']),
  ...places.map((place): Opening => [`empty-${place.replace('/', '-')}`, place, 'empty']),
  ['first-start', 'overview', 'first-start'],
  ['recovery', 'overview', 'recovery'],
  ['locked', 'overview', 'locked'],
  ['missing', 'overview', 'missing'],
  ['endpoint', 'endpoints', 'rich', (page) => page.click('text=shop-web-1')],
  [
    'endpoint-that-cannot',
    'endpoints',
    'rich',
    async (page) => {
      await page.click('text=print-server');
      await page.click('role=tab[name=Checks]');
    },
  ],
  [
    'node',
    'endpoints',
    'rich',
    async (page) => {
      await page.click('text=shop-web-1');
      await page.click('[data-row-link] >> nth=1');
      await page.waitForSelector('[role=dialog] >> text=Next renewal');
    },
  ],
  ['node-of-certbot', 'endpoints', 'rich', nodeOfCertbot],
  [
    'plan-over-certbot',
    'endpoints',
    'rich',
    async (page) => {
      await nodeOfCertbot(page);
      await page.click('[role=dialog] >> text=Request certificate');
      await page.click('text=Show plan');
      await page.waitForSelector('[role=dialog] >> text=Managed by certbot');
    },
  ],
  ['add-endpoint', 'endpoints', 'rich', (page) => page.click('text=Add endpoint')],
  [
    'add-endpoint-ssh',
    'endpoints',
    'rich',
    async (page) => {
      await page.click('text=Add endpoint');
      await page.selectOption('[data-field=connection_type]', 'ssh');
      await page.click('text=Advanced');
    },
  ],
  [
    'add-pem',
    'endpoints',
    'rich',
    async (page) => {
      await page.click('text=Add endpoint');
      await page.click('text=PEM file >> nth=-1');
    },
  ],
  ['add-authority', 'authorities', 'rich', (page) => page.click('text=Add authority')],
  [
    'authority',
    'authorities',
    'rich',
    async (page) => {
      await page.click('text=Sectigo');
      await page.click('text=Test now');
      await page.waitForSelector('text=classic');
    },
  ],
  ['authority-account', 'authorities', 'rich', accountOfSectigo],
  [
    'authority-account-deactivate',
    'authorities',
    'rich',
    async (page) => {
      await accountOfSectigo(page);
      await page.click('text=Deactivate…');
      await page.waitForSelector('text=This cannot be undone.');
    },
  ],
  [
    'authority-account-import',
    'authorities',
    'rich',
    async (page) => {
      await accountOfSectigo(page);
      await page.click('text=Import…');
      await page.waitForSelector('[data-field=path]');
    },
  ],
  ['certificate', 'certificates', 'rich', (page) => page.click('[data-row-link]')],
  ['task-failed', 'tasks', 'rich', (page) => page.click('text=Certificate for shop-web-2')],
  ['task-running', 'tasks', 'rich', (page) => page.click('text=Certificate for grafana / grafana')],
  ['approval', 'approvals', 'rich', (page) => page.click('[data-row-link]')],
  ['notifications-panel', 'overview', 'rich', (page) => page.click('[data-bell]')],
  ['notifications-tasks', 'notifications', 'rich', (page) => showOnly(page, 'tasks')],
  ['notifications-mine', 'notifications/action-required', 'rich', (page) => page.click('text=Started by me')],
  ['paused', 'overview', 'paused'],
  ['channels', 'settings', 'channels'],
  [
    'add-channel',
    'settings',
    'rich',
    async (page) => {
      await page.click('text=Add channel');
      await page.waitForSelector('[data-field=host]');
    },
  ],
  [
    'audit-broken',
    'audit',
    'broken',
    async (page) => {
      await page.click('text=Verify chain');
      await page.waitForSelector('text=broken at entry 31');
    },
  ],
];

/** The form of a new endpoint that logs in with a credential store. */
export const addOverStore = async (page: Page): Promise<void> => {
  await page.click('text=Add endpoint');
  await page.selectOption('[data-field=connection_type]', 'ssh');
  await page.check('role=radio[name="Credential store"]');
};
