import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';
import { addOverStore } from './page-openings.ts';

describe.runIf(have('chromium-headless-shell'))('endpoints in the window', () => {
  const { open, calls } = pageHarness();

  it('adds an endpoint with what was typed, and keeps the password off the screen and out of the command line', async () => {
    const { page, troubles } = await open({ place: 'endpoints' });
    await page.click('text=Add endpoint');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Name is required.');
    await page.fill('[data-field=name]', 'edge');
    await page.selectOption('[data-field=connection_type]', 'ssh');
    await page.fill('[data-field=host]', '10.0.0.9');
    await page.fill('[data-field=user]', 'deploy');
    await page.fill('[data-field=password]', 'hunter2 hunter2');
    expect(await page.getAttribute('[data-field=password]', 'type')).toBe('password');
    const text = await page.innerText('[role=dialog]');
    expect(text).toContain(
      'trustkeep tls add nginx --name edge --connection_type ssh --host 10.0.0.9 --user deploy --password-prompt',
    );
    expect(text).not.toContain('hunter2');
    await page.click('button[type=submit]');
    await page.waitForSelector('[data-instance-id]');
    const [call] = await calls(page);
    expect(call).toMatchObject({
      command: 'endpoints.add',
      input: { type: 'nginx', name: 'edge', host: '10.0.0.9', password: 'hunter2 hunter2' },
    });
    await page.click('text=Open nodes');
    await page.waitForSelector('text=Nodes have not been discovered yet');
    expect(troubles).toEqual([]);
  });

  it('says what is checked of a large endpoint and for how long, and every way to close it gives that up', async () => {
    const { page, troubles } = await open({ scene: 'large-endpoints', place: 'endpoints' });
    await page.click('text=Add endpoint');
    await page.fill('[data-field=name]', 'edge');
    const cancelled = async () =>
      (await calls(page)).filter(({ command }) => command === 'endpoints.add cancelled').length;
    const ways = [
      () => page.click('[role=dialog] >> role=button[name=Cancel]'),
      () => page.keyboard.press('Escape'),
      () => page.click('[role=dialog] >> role=button[name=Close]'),
    ];
    for (const [at, way] of ways.entries()) {
      await page.click('button[type=submit]');
      await page.waitForSelector('[data-probing] >> text=Checking: Configuration');
      await page.waitForSelector('[data-probing]:has-text("1 s")');
      await way();
      await page.waitForSelector('[data-probing]', { state: 'detached' });
      await expect.poll(cancelled).toBe(at + 1);
      expect(await page.inputValue('[data-field=name]')).toBe('edge');
      expect(await page.isVisible('[data-failure]')).toBe(false);
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    expect(troubles).toEqual([]);
  });

  it('says in red which check fails, where the nodes would be, and leads to the settings', async () => {
    const { page } = await open({ place: 'endpoints' });
    await page.click('text=print-server');
    const bar = page.locator('.fui-MessageBar', { hasText: 'Cannot be managed: ' });
    await bar.locator('role=button[name=Edit]').click();
    await page.waitForSelector('[role=dialog] >> text=Edit print-server');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    // and at once, when one is added that cannot be managed
    await page.evaluate(`(({ endpoints }) => {
      const bad = endpoints.find((one) => one.name === 'print-server').probe;
      for (const one of endpoints) if (one.type === 'nginx') one.probe = bad;
    })(trustkeepFake.world)`);
    await page.click('nav >> text=Endpoints');
    await page.click('text=Add endpoint');
    await page.fill('[data-field=name]', 'broken');
    await page.click('button[type=submit]');
    await page.click('text=Back and correct');
    await page.waitForSelector('[role=dialog] >> text=Edit broken');
    expect(await page.inputValue('[data-field=name]')).toBe('broken');
  });

  it('gives the names of nodes the most room, and that of the aliases too where there are none', async () => {
    const { page } = await open({ place: 'endpoints' });
    const widths = async (endpoint: string): Promise<Record<string, number>> => {
      await page.click('nav >> text=Endpoints');
      await page.click(`[data-row-link] >> text=${endpoint}`);
      await page.waitForSelector('th >> text=Served');
      const heads = await page
        .locator('th')
        .evaluateAll((all) =>
          all.map((one) => [one.textContent ?? '', one.getBoundingClientRect().width] as const),
        );
      return Object.fromEntries(heads);
    };
    const { Name: plain = 0, ...others } = await widths('shop-web-1');
    expect(Object.keys(others)).not.toContain('Alias');
    expect(plain).toBeGreaterThan(260);
    const { Name: named = 0, Alias: alias = 0, ...rest } = await widths('mail-gateway');
    expect(named).toBeGreaterThan(150);
    expect(named).toBeGreaterThan(Math.max(alias, ...Object.values(rest)));
  });

  it('says in the table that the certificate of a node is revoked, on a line of its own', async () => {
    const { page } = await open({ place: 'endpoints' });
    await page.evaluate('trustkeepFake.world.nodes.forEach((node) => { node.revoked = true; })');
    await page.evaluate("trustkeepFake.changed('nodes')");
    await page.waitForSelector('tr:has-text("shop-web-1") >> text=with problems');
    await page.click('[data-row-link] >> text=shop-web-1');
    const cell = page.locator('td', { hasText: 'Revoked' }).first();
    const [link, word] = [cell.locator('a'), cell.locator('text=Revoked')];
    await expect
      .poll(async () => ((await word.boundingBox())?.y ?? 0) - ((await link.boundingBox())?.y ?? 0))
      .toBeGreaterThan(10);
  });

  it('shows the plan before a certificate is requested, then follows the task', async () => {
    const { page, troubles } = await open({ place: 'endpoints' });
    await page.click('text=shop-web-1');
    await page.click('text=Request >> nth=0');
    expect(await page.inputValue('[role=dialog] textarea')).toBe('checkout.nordhafen.example');
    await page.click('text=Show plan');
    await page.waitForSelector('text=Also affected');
    expect(await calls(page)).toEqual([]);
    await page.click('[role=dialog] >> text=Request certificate');
    await page.waitForSelector('h1:has-text("Certificate for")');
    const input = (await calls(page))[0]?.input;
    expect(input).toMatchObject({ names: ['checkout.nordhafen.example'] });
    expect(input).not.toHaveProperty('key_type');
    expect(troubles).toEqual([]);
  });

  it('can be walked by keyboard alone', async () => {
    const { page } = await open({ place: 'endpoints' });
    await page.focus('[data-row-link]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('api-edge-fra');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("api-edge-fra")');
    await page.focus('[data-row-link]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
  });

  it('sorts and finds rows', async () => {
    const { page } = await open({ scene: 'many', place: 'endpoints' });
    const rows = () => page.locator('[data-row-link]').allInnerTexts();
    await expect.poll(async () => (await rows())[0]).toBe('edge-0000');
    await page.click('th >> text=Name');
    await expect.poll(async () => (await rows())[0]).toBe('edge-0999');
    expect(await page.getAttribute('th:has-text("Name")', 'aria-sort')).toBe('descending');
    await page.fill('[aria-label="Search endpoints"]', 'edge-004');
    await expect.poll(rows).toHaveLength(10);
    await page.fill('[aria-label="Search endpoints"]', 'nothing like it');
    await page.waitForSelector('text=Nothing found');
  });

  it('lets an endpoint log in with a credential store, and says so on the command line', async () => {
    const { page } = await open({ place: 'endpoints' });
    await addOverStore(page);
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
});
