import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { marked, markedKey } from './marks.ts';
import { type Hunt, soon } from './planted-hunt.ts';

/** Every secret is typed into the form it belongs to, or given by a vault: what is gone at once is looked for at once. */
export function typingSecrets(hunt: Hunt): void {
  test('the recovery key is in the heap while it is shown, and not after', async () => {
    await hunt.readRecoveryKey('the recovery key');
    await hunt.page.getByText('Add the first endpoint').waitFor();
    expect(await hunt.held(hunt.search)).toEqual([]);
  });

  test('a password typed for an endpoint is in the heap while it is in its field, and not after', async () => {
    const { inline } = hunt.site.ssh;
    await hunt.person.openPemForm(hunt.control.value, inline, hunt.site.pemPath);
    await hunt.person.fill({ user: inline.user });
    await hunt.person.type('password', hunt.site.the('a wrong password over one that was typed before'));
    await hunt.person.type('password', hunt.site.the('a wrong password for an endpoint'));
    await hunt.person.press('Add');
    await hunt.page.locator('[data-failure="ssh.login-refused"]').waitFor();
    await hunt.person.type('password', hunt.site.the('the password of an endpoint'));
    expect((await hunt.held(hunt.search)).join()).toContain('the password of an endpoint in the heap');
    await hunt.person.addEndpoint();
    expect(await hunt.held(hunt.search)).toEqual([]);
  });

  test('the passphrase of the key of an endpoint is typed', async () => {
    await hunt.person.openPemForm('by-key', hunt.site.ssh.root, hunt.site.pemPath);
    await hunt.person.radio('Private key');
    await hunt.person.fill({ user: 'root', ssh_key_path: hunt.site.keys.inline });
    await hunt.person.type('ssh_key_password', hunt.site.the('the passphrase of the key of an endpoint'));
    await hunt.person.addEndpoint();
  });

  test('a password typed into a form that is closed with nothing done is gone with it', async () => {
    const wrong = hunt.site.the('a wrong password in a form that was closed');
    await hunt.person.openPemForm('never', hunt.site.ssh.inline, hunt.site.pemPath);
    await hunt.person.type('password', wrong);
    await hunt.page.keyboard.press('Escape');
    await hunt.person.gone();
    await hunt.person.openPemForm('never', hunt.site.ssh.inline, hunt.site.pemPath);
    await hunt.person.type('password', wrong);
    await hunt.person.radio('Private key');
    await hunt.person.press('Cancel');
    await hunt.person.gone();
    expect(await hunt.held(hunt.search)).toEqual([]);
  });

  test('a local credential is refused, added, changed and left as it was', async () => {
    await hunt.person.go('Credential stores');
    await hunt.page.getByText('trustkeep-store').first().click();
    await hunt.page.getByRole('button', { name: 'Add credential' }).first().click();
    await hunt.person.fill({ id: 'a/slash', username: 'root', privatekeypath: hunt.site.keys.local });
    await hunt.person.type('password', hunt.site.the('a password of a local credential'));
    await hunt.person.type('passphrase', hunt.site.the('the passphrase of the key of a local credential'));
    await hunt.person.press('Add');
    await hunt.page.getByText(/slash/).first().waitFor();
    await hunt.person.fill({ id: 'root' });
    await hunt.person.press('Add');
    await hunt.person.gone();
    await hunt.page.getByText('root', { exact: true }).first().click();
    await hunt.person.press('Edit');
    await hunt.person.type('password', hunt.site.the('a password in its second version'));
    await hunt.person.press('Save');
    await hunt.person.press('Edit');
    await hunt.person.type('password', hunt.site.the('a password that was taken back'));
    await hunt.person.press('Cancel');
    await hunt.person.press('Close');
    await hunt.person.gone();
    await hunt.person.openPemForm('local-store', hunt.site.ssh.root, hunt.site.pemPath);
    await hunt.person.useStore('trustkeep-store', 'root');
    await hunt.person.addEndpoint();
  });

  test('a token of HashiCorp Vault is typed, and the vault gives a password', async () => {
    await hunt.person.openStoreForm('HashiCorp Vault or OpenBao', 'vault');
    await hunt.person.fill({ vaulturl: hunt.site.vault.url, rootpath: 'kv/hosts', verify: 'web' });
    await hunt.person.trust(hunt.site.vault.caPem);
    await hunt.person.type('token', hunt.site.the('a wrong token of the vault'));
    await hunt.person.press('Test and add');
    await hunt.person.failure();
    await hunt.person.type('token', hunt.site.the('the token of the vault'));
    await hunt.person.addStore('vault');
    await hunt.person.lookUp('web', hunt.site.ssh.vault.user);
    await hunt.person.openEndpointForm('web1', hunt.site.ssh.vault);
    await hunt.person.fill({ nginx_config_path: hunt.site.nginx.nginx.configPath });
    await hunt.person.useStore('vault', 'web');
    await hunt.person.addEndpoint();
  });

  test('a SecretID is typed, bare and wrapped', async () => {
    await hunt.person.openStoreForm('HashiCorp Vault or OpenBao', 'vault-by-role');
    await hunt.person.type('token', hunt.site.the('a password left behind by another kind'));
    await hunt.page.selectOption('[data-field=authtype]', 'AppRoleSecret');
    await hunt.person.fill({ vaulturl: hunt.site.vault.url, rootpath: 'kv/hosts', roleid: hunt.site.roleId });
    await hunt.person.trust(hunt.site.vault.caPem);
    await hunt.person.type('secretid', hunt.site.the('the SecretID'));
    await hunt.person.addStore('vault-by-role');
    await hunt.person.lookUp('web', hunt.site.ssh.vault.user);
    await hunt.page.getByRole('button', { name: 'Edit', exact: true }).click();
    await hunt.person.type('secretid', hunt.site.the('the token that wraps a SecretID'));
    await hunt.page.locator('[data-field=appwrapped]').check();
    await hunt.person.press('Test and save');
    await hunt.person.gone();
    await hunt.person.lookUp('web', hunt.site.ssh.vault.user);
  });

  test('the password of a client certificate is typed, and CyberArk gives a password', async () => {
    await hunt.person.openStoreForm('HashiCorp Vault or OpenBao', 'ccp');
    await hunt.person.type('token', hunt.site.the('a password left behind by another kind'));
    await hunt.person.radio('CyberArk');
    await hunt.person.fill({ appid: 'Trustkeep', ccpurl: hunt.site.ccp.url, authcert: hunt.site.pfx });
    await hunt.person.fill({ verify: 'Safe=Web;Object=web' });
    await hunt.person.trust(hunt.site.ccp.caPem);
    await hunt.person.type('certpass', hunt.site.the('a wrong password of the client certificate'));
    await hunt.person.press('Test and add');
    await hunt.person.failure();
    await hunt.person.type('certpass', hunt.site.the('the password of the client certificate'));
    await hunt.person.addStore('ccp');
    await hunt.person.lookUp('Safe=Web;Object=web', hunt.site.ssh.ccp.user);
    await hunt.person.openPemForm('ccp-host', hunt.site.ssh.ccp, hunt.site.pemPath);
    await hunt.person.useStore('ccp', 'Safe=Web;Object=web');
    await hunt.person.addEndpoint();
  });

  test('the password for a Secret Server is typed, and it gives a key with its passphrase', async () => {
    await hunt.person.openStoreForm('Delinea Secret Server', 'delinea');
    await hunt.person.fill({ url: hunt.site.delinea.url, username: 'agent', verify: '12' });
    await hunt.person.trust(hunt.site.delinea.caPem);
    await hunt.person.type('password', hunt.site.the('the password for the Secret Server'));
    await hunt.person.addStore('delinea');
    await hunt.person.lookUp('12', 'root');
    await hunt.person.openPemForm('delinea-host', hunt.site.ssh.root, hunt.site.pemPath);
    await hunt.person.useStore('delinea', '12');
    await hunt.person.addEndpoint();
  });

  test('the HMAC key of an account at an authority is typed', async () => {
    await hunt.person.go('Authorities');
    await hunt.page.getByRole('button', { name: 'Add authority' }).first().click();
    await hunt.person.fill({
      name: 'nowhere',
      directory_url: 'https://127.0.0.1:9/directory',
      eab_key_id: 'kid',
    });
    await hunt.person.type('eab_hmac_key', hunt.site.the('the key of an account at an authority'));
    await hunt.page.locator('[data-field=agree_to_terms]').check();
    await hunt.person.press('Add');
    await hunt.page.getByRole('button', { name: 'Test now' }).click();
    await hunt.page.getByText('127.0.0.1:9').nth(1).waitFor();
    await hunt.person.press('Close');
    await hunt.person.gone();
  });

  test('the password of the proxy is typed, and the proxy asks for it', async () => {
    await hunt.person.go('Proxy');
    await hunt.page.getByRole('radio', { name: 'Manual proxy' }).check();
    await hunt.person.fill({ host: '127.0.0.1', port: String(hunt.site.squid.port), user: 'agent' });
    await hunt.person.type('password', hunt.site.the('the password of the proxy'));
    await hunt.page.getByRole('button', { name: 'Test and save' }).click();
    const saved = hunt.page.getByText('It takes effect immediately');
    const anyway = hunt.page.getByRole('button', { name: 'Save without testing' });
    await saved.or(anyway).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await saved.waitFor();
    await hunt.person.fill({ 'doctor-url': 'http://planted.invalid/' });
    await hunt.page.getByRole('button', { name: 'Test connection' }).click();
    await hunt.page.locator('[data-report]').waitFor();
    await expect
      .poll(async () => (await hunt.site.squid.accessLog()).join('\n'), soon)
      .toMatch(/planted\.invalid.* agent$/m);
  });

  test('the passphrase of a backup is typed, and a wrong one for it', async () => {
    await hunt.person.go('Settings');
    await hunt.page.getByText('Create backup…').click();
    const path = join(hunt.app.desktop.home, 'everything.trustkeep');
    await hunt.person.fill({ path });
    await hunt.person.type('passphrase', hunt.site.the('the passphrase of a backup'));
    await hunt.person.type('passphrase-again', hunt.site.the('the passphrase of a backup'));
    await hunt.person.press('Create backup');
    await hunt.page.getByText('The backup was created').waitFor();
    await hunt.page.getByText('Restore…').click();
    await hunt.person.fill({ path });
    await hunt.person.type('passphrase', hunt.site.the('a wrong passphrase of a backup'));
    await hunt.person.press('Check and restore');
    await hunt.page.locator('[data-failure="backup.wrong-passphrase"]').waitFor();
    await hunt.person.press('Cancel');
    await hunt.person.gone();
  });

  test('the recovery key of another master key is in the heap while it is shown, and not after', async () => {
    await hunt.page.getByText('Rotate master key…').click();
    await hunt.person.press('Rotate');
    await hunt.readRecoveryKey('the second recovery key');
    await hunt.person.gone();
    expect(await hunt.held(hunt.search)).toEqual([]);
  });

  test('the password of a mail server and the secret of a webhook are typed, and used', async () => {
    await hunt.person.addChannel(
      'Email',
      { host: '127.0.0.1', from: 'a@example.org', user: 'ann' },
      async () => {
        await hunt.page.fill('[data-field=to]', 'b@example.org');
        await hunt.person.type('password', hunt.site.the('the password of a mail server'));
      },
    );
    await hunt.person.addChannel('Webhook', { url: 'http://127.0.0.1:9/hook' }, () =>
      hunt.person.type('secret', hunt.site.the('the signing secret of a webhook')),
    );
    expect(await hunt.held(hunt.search)).toEqual([]);
  });

  test('the key of a certificate is made and installed with a password of the vault', async () => {
    await hunt.person.successesAlone();
    await hunt.person.go('Endpoints');
    await hunt.page.getByText('web1', { exact: true }).first().click();
    await hunt.page
      .getByRole('button', { name: /Request certificate for shop\.example|^Request$/ })
      .first()
      .click();
    await hunt.person.press('Request certificate');
    await hunt.page.getByRole('button', { name: 'Read the plan' }).click();
    await hunt.page.getByRole('button', { name: 'Approve', exact: true }).click();
    await hunt.person.go('Tasks');
    await hunt.page.getByText('Certificate for').first().click();
    await hunt.page
      .getByText(/handshakes? showed the new key and the full chain/)
      .first()
      .waitFor();
    const key = readFileSync(join(hunt.site.nginx.nginx.dir, 'tls/shop.key'), 'utf8');
    hunt.known(markedKey('the key of a certificate', key));
    for (const { id } of hunt.site.vault.state.tokens.values())
      if (id !== hunt.site.vault.rootToken) hunt.known(marked('a token that the vault gave', id));
    await expect
      .poll(async () => JSON.stringify(await hunt.app.desktop.notifications()), soon)
      .toContain('Done: shop.example');
  });
}
