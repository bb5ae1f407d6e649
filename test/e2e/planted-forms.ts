import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Sshd } from '../servers/sshd.ts';

/** What a person does in the window to give it a secret. Names are typed in one go, secrets key by key. */
export class Person {
  readonly #page: Page;
  constructor(page: Page) {
    this.#page = page;
  }

  dialog = () => this.#page.locator('[role=dialog], [role=alertdialog]');
  gone = () => this.dialog().first().waitFor({ state: 'detached' });
  press = (name: string) => this.dialog().getByRole('button', { name, exact: true }).click();
  radio = (name: string) => this.dialog().getByRole('radio', { name, exact: true }).check();
  failure = () => this.#page.locator('[data-failure]').first().waitFor();

  async go(name: string): Promise<void> {
    await this.#page.getByRole('navigation').getByText(name, { exact: true }).click();
    await this.heading(name);
  }
  async heading(name: string): Promise<void> {
    await this.#page.getByRole('heading', { name, exact: true }).first().waitFor();
  }

  /** With real keys, so that every half of it has been in the field, over what was there. */
  async type(field: string, secret: string): Promise<void> {
    await this.#page.locator(`input[data-field=${field}]`).click();
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.press('Delete');
    await this.#page.keyboard.type(secret);
  }

  async fill(fields: Record<string, string>): Promise<void> {
    for (const [field, text] of Object.entries(fields)) await this.#page.fill(`[data-field=${field}]`, text);
  }

  async trust(rootsPem: string | null): Promise<void> {
    await this.dialog()
      .getByText(/^Advanced/)
      .click();
    await this.fill({ trusted_roots: rootsPem ?? '' });
  }

  async openEndpointForm(name: string, sshd: Sshd): Promise<void> {
    await this.go('Endpoints');
    await this.#page
      .getByRole('button', { name: /^Add (the first )?endpoint$/ })
      .first()
      .click();
    await this.#page.selectOption('[data-field=connection_type]', 'ssh');
    await this.fill({ name, host: sshd.host, port: String(sshd.port) });
  }

  async openPemForm(name: string, sshd: Sshd, path: string): Promise<void> {
    await this.openEndpointForm(name, sshd);
    await this.radio('PEM file');
    await this.fill({ path });
  }

  /** The endpoint is there and lets us in. */
  async addEndpoint(): Promise<void> {
    await this.press('Add');
    await this.#page.locator('[data-instance-id]').waitFor();
    expect(await this.dialog().innerText()).not.toContain('refused');
    await this.#page.keyboard.press('Escape');
    await this.gone();
  }

  async useStore(store: string, id: string): Promise<void> {
    await this.radio('Credential store');
    await this.#page.selectOption('[data-field=store]', store);
    await this.#page.locator('input[data-field=store_cred_id]').click();
    await this.#page.keyboard.type(id);
    if (store === 'trustkeep-store') await this.#page.keyboard.press('Escape'); // its list of suggestions
  }

  async openStoreForm(kind: string, name: string): Promise<void> {
    await this.go('Credential stores');
    await this.#page.getByRole('button', { name: 'Add credential store' }).first().click();
    await this.radio(kind);
    await this.fill({ storename: name });
  }

  async addStore(name: string): Promise<void> {
    await this.press('Test and add');
    await this.heading(name);
    await this.gone();
  }

  /** A credential of a vault, masked. */
  async lookUp(id: string, seen: string): Promise<void> {
    await this.#page.getByRole('tab', { name: 'Look up' }).click();
    await this.fill({ 'look-up': id });
    await this.#page.keyboard.press('Enter');
    await this.#page.getByText(seen).first().waitFor();
    await this.#page.getByText('••••••••').first().waitFor();
  }

  /** Adds a channel of this name and has it send a test, which fails: nothing takes it. `more`: what else is typed. */
  async addChannel(name: string, fields: Record<string, string>, more: () => Promise<void>): Promise<void> {
    await this.go('Settings');
    await this.#page.getByRole('button', { name: 'Add channel' }).click();
    await this.radio(name);
    await this.fill({ name, ...fields });
    await more();
    await this.press('Add');
    await this.gone();
    await this.#page.getByRole('button', { name: `Test: ${name}` }).click();
    await this.#page.locator(`li:has-text("${name}") [data-failure]`).waitFor();
  }

  /** Each success is told on its own. */
  async successesAlone(): Promise<void> {
    await this.go('Settings');
    await this.fill({ digest_minutes: '0' });
    await this.#page
      .locator('form:has([data-field=digest_minutes])')
      .getByRole('button', { name: 'Save' })
      .click();
    await expect
      .poll(() => this.#page.getByRole('button', { name: 'Save', disabled: false }).count())
      .toBe(0);
  }
}
