import { chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Sshd } from '../servers/sshd.ts';
import type { Launched } from './electron.ts';

/** For whatever a real server takes its time for. */
export const patience = { timeout: 60_000 };

/** What a person who has just installed the application does in its window, whatever comes next. */
export class Beginner {
  readonly page: Page;
  readonly #desktop: Launched;

  /** Saves the recovery key, and is asked for the first endpoint. */
  static async begin(desktop: Launched, height = 760): Promise<Beginner> {
    const page = await desktop.page();
    page.setDefaultTimeout(patience.timeout);
    await page.setViewportSize({ width: 1180, height }).catch(() => {});
    await page.getByRole('button', { name: 'Show recovery key' }).click(patience);
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Add the first endpoint').waitFor(patience);
    return new Beginner(desktop, page);
  }

  private constructor(desktop: Launched, page: Page) {
    this.#desktop = desktop;
    this.page = page;
  }

  readonly go = (name: string): Promise<void> =>
    this.page.getByRole('navigation').getByText(name, { exact: true }).click();

  /** Of the fields of a form, by their names. */
  async fill(fields: Record<string, string>): Promise<void> {
    for (const [field, text] of Object.entries(fields))
      await this.page.fill(`[data-field=${field}]`, text, patience);
  }

  /** In the form of an endpoint: reached over SSH with a key. */
  async overSsh(sshd: Sshd): Promise<void> {
    await this.page.selectOption('[data-field=connection_type]', 'ssh');
    await this.page.getByRole('dialog').getByRole('radio', { name: 'Private key', exact: true }).check();
    const place = { host: sshd.host, port: String(sshd.port), user: sshd.user };
    await this.fill({ ...place, ssh_key_path: this.#keyFile(sshd) });
  }

  /** The key file where the user of the application can read it. */
  #keyFile(sshd: Sshd): string {
    const { dataDirectory, account } = this.#desktop;
    const path = join(dataDirectory, 'id_test');
    copyFileSync(sshd.privateKeyPath, path);
    if (account !== null) chownSync(path, account.uid, account.gid);
    return path;
  }

  /** Approves the plan that is open, and waits until its task shows this. */
  async approve(shown: RegExp): Promise<void> {
    const { page } = this;
    const button = page.getByRole('button', { name: /^Approve/ }).first();
    await button.click(patience);
    await page.waitForURL(/#\/tasks\/./, patience);
    await page.getByText(shown).first().waitFor(patience);
  }

  /** The screen as it is, in each kind of colors. */
  async pictures(name: string): Promise<void> {
    for (const [kind, media] of Object.entries({
      light: { colorScheme: 'light', forcedColors: 'none' },
      dark: { colorScheme: 'dark', forcedColors: 'none' },
      forced: { colorScheme: 'dark', forcedColors: 'active' },
    } as const)) {
      await this.page.emulateMedia(media);
      await this.#desktop.screenshot(`${name}-${kind}`);
    }
    await this.page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  }
}
