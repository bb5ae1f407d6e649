import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('credential stores in the window', () => {
  const { open, calls, settled } = pageHarness();

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

  it('keeps a form in which something was typed when a person clicks beside it; Escape closes it', async () => {
    const { page } = await open({ place: 'credential-stores' });
    await page.click('text=Add credential store');
    await page.fill('[data-field=storename]', 'vault3');
    await page.mouse.click(8, 740);
    await settled(page);
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
});
