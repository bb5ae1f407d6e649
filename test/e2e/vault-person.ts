import { chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Launched } from './electron.ts';

/** What a person with vaults does in the window, by the fields of its forms. */
export class VaultPerson {
  readonly #app: Launched;
  readonly #page: Page;

  constructor(app: Launched, page: Page) {
    this.#app = app;
    this.#page = page;
  }

  go = (name: string) => this.#page.getByRole('navigation').getByText(name, { exact: true }).click();
  dialog = () => this.#page.locator('[role=dialog], [role=alertdialog]').last();
  field = (name: string) => this.dialog().locator(`[data-field=${name}]`);
  button = (name: string) => this.#page.getByRole('button', { name, exact: true });
  send = (name: string) => this.dialog().getByRole('button', { name, exact: true }).click();
  picture = (name: string) => this.#app.screenshot(`credentials-${name}`);
  title = (name: string) => this.#page.getByRole('heading', { name, exact: true }).first().waitFor();

  /** A file of ours where the user of the application can read it. */
  lent(path: string, name: string): string {
    const { dataDirectory, account } = this.#app;
    const copy = join(dataDirectory, name);
    copyFileSync(path, copy);
    if (account !== null) chownSync(copy, account.uid, account.gid);
    return copy;
  }

  async readRecoveryKey(): Promise<string> {
    await this.button('Show recovery key').click();
    const key = await this.#page.locator('[data-recovery-key]').innerText();
    await this.#page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await this.button('Continue').click();
    return key;
  }

  /** Opens the form of a new credential store of a kind and trusts the private CA of its server. */
  async addStore(kind: string, roots: string, values: Record<string, string>): Promise<void> {
    await this.go('Credential stores');
    await this.button('Add credential store').click();
    await this.dialog().getByRole('radio', { name: kind }).check();
    for (const [name, value] of Object.entries(values)) await this.field(name).fill(value);
    await this.dialog().getByText('Advanced').click();
    await this.field('trusted_roots').fill(roots);
  }

  /** Fills what every SSH endpoint has, up to the choice of a credential store. */
  async addEndpoint(
    at: { name: string; host: string; port: number; configPath: string },
    store: string,
    credential: string,
  ): Promise<void> {
    await this.go('Endpoints');
    await this.button('Add endpoint').first().click();
    await this.field('name').fill(at.name);
    await this.field('nginx_config_path').fill(at.configPath);
    await this.field('connection_type').selectOption('ssh');
    await this.field('host').fill(at.host);
    await this.field('port').fill(String(at.port));
    await this.dialog().getByRole('radio', { name: 'Credential store' }).check();
    await this.field('store').selectOption(store);
    await this.field('store_cred_id').pressSequentially(credential);
  }
}
