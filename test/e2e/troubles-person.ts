import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Launched } from './electron.ts';

export const soon = { timeout: 60_000 };
/** `EVERY_SIZE=1` draws every screen wide, narrow and dark, for a person to look at. */
const everySize = process.env.EVERY_SIZE === '1';

/** What a person does in the window and sees on the desktop, by the words that stand there. */
export class TroubledPerson {
  readonly #app: Launched;
  #page: Page;
  /** How many plans were asked for. */
  plans = 0;

  constructor(app: Launched, page: Page) {
    this.#app = app;
    this.#page = page;
    this.#page.setDefaultTimeout(soon.timeout);
  }

  /** The window, which may be another one than before. */
  get page(): Page {
    return this.#page;
  }

  dialog = () => this.page.locator('[role=dialog], [role=alertdialog]');
  go = (name: string) => this.page.getByRole('navigation').getByText(name, { exact: true }).click();
  field = (label: string) => this.dialog().getByLabel(new RegExp(`^${label}\\*?$`));
  send = (label: string) => this.dialog().getByRole('button', { name: label, exact: true }).click();
  approve = () => this.page.getByRole('button', { name: 'Approve', exact: true }).click();
  lookedAt = (words: string | RegExp) => this.page.getByText(words).first().waitFor();
  place = () => new URL(this.page.url()).hash;
  windows = () => this.#app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

  async picture(name: string): Promise<void> {
    if (!everySize) return void (await this.#app.screenshot(`troubles-${name}`));
    for (const [size, width, height, colorScheme] of [
      ['wide', 1180, 760, 'light'],
      ['narrow', 900, 600, 'light'],
      ['dark', 1180, 760, 'dark'],
    ] as const) {
      await this.page.setViewportSize({ width, height });
      await this.page.emulateMedia({ colorScheme });
      await this.page.waitForTimeout(350);
      await this.#app.screenshot(`troubles-${name}-${size}`);
    }
    await this.page.setViewportSize({ width: 1180, height: 760 });
    await this.page.emulateMedia({ colorScheme: 'light' });
  }

  async notified(title: string): Promise<void> {
    const titles = async () => (await this.#app.desktop.notifications()).map((one) => one.title);
    await expect.poll(titles, soon).toContain(title);
  }

  /** Asks for a certificate for the node and opens its plan. */
  async request(): Promise<void> {
    await this.go('Endpoints');
    await this.page.getByText('web1', { exact: true }).first().click();
    await this.page
      .getByRole('button', { name: /Request certificate for shop\.example|^Request$/ })
      .first()
      .click();
    await this.send('Request certificate');
    await this.page.getByRole('button', { name: 'Read the plan' }).click();
    await this.page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    this.plans += 1;
  }

  async expectProblem(control: Locator, sentence: RegExp): Promise<void> {
    await this.send('Add');
    await this.lookedAt(sentence);
    expect(await control.getAttribute('aria-invalid')).toBe('true');
  }

  async close(): Promise<void> {
    await this.#app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(this.windows, soon).toBe(0);
  }

  /** The window that was opened since; gives it. */
  async reopened(): Promise<Page> {
    await expect.poll(this.windows, soon).toBe(1);
    this.#page = await this.#app.page();
    this.#page.setDefaultTimeout(soon.timeout);
    return this.#page;
  }

  /** Chooses the file in the place of the person, whose dialog belongs to the operating system; then how that ended. */
  async savedTo(path: string): Promise<() => Promise<string>> {
    const { app } = this.#app;
    await app.evaluate(({ session }, target) => {
      const saved = new Promise<string>((resolve) => {
        session.defaultSession.once('will-download', (_event, item) => {
          item.setSavePath(target);
          item.once('done', (_done, state) => resolve(`${item.getFilename()}: ${state}`));
        });
      });
      Object.assign(globalThis, { saved });
    }, path);
    return () => app.evaluate(() => (globalThis as unknown as { saved: Promise<string> }).saved);
  }
}
