import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openDriver } from '../../electron/database/open.ts';
import { type ProcessWatch, recordChildren, watchProcesses } from './child-watch.ts';
import { type Launched, launchApp } from './electron.ts';
import { heldBy, wholeStrings } from './heap.ts';
import { inFiles, type Mark, mark, marked, type Search, searchFor } from './marks.ts';
import { Person } from './planted-forms.ts';
import { type PlantedSite, startPlantedSite } from './planted-site.ts';

export const soon = { timeout: 60_000, interval: 200 };

/** One running desktop with all its servers, and what is looked for in it. Filled by `start`. */
export class Hunt {
  site!: PlantedSite;
  app!: Launched;
  page!: Page;
  person!: Person;
  session!: CDPSession;
  watch!: ProcessWatch;
  /** What the application started. */
  children!: () => Promise<string[]>;
  /** What the page said to its console. */
  readonly said: string[] = [];
  /** What the application printed. */
  readonly printed: string[] = [];
  readonly marks: Mark[] = [];
  /** Finds every mark that is known by now. */
  search: Search = searchFor([]);
  /** No secret, and typed as a name: it is found in many places where secrets are not. */
  readonly control = mark('the control');
  /** Where a control is put for `temporaryFiles`. */
  readonly temporaryControl = join(tmpdir(), `trustkeep-planted-${process.pid}`);
  readonly #startedAt = Date.now();

  async start(): Promise<void> {
    this.app = await launchApp({ args: ['--log-level=debug', wholeStrings] });
    const { app } = this.app;
    for (const stream of [app.process().stdout, app.process().stderr])
      stream?.on('data', (part: Buffer) => this.printed.push(part.toString()));
    this.site = await startPlantedSite(this.app.account);
    this.known(...this.site.marks);
    this.children = await recordChildren(app);
    this.watch = watchProcesses();
    this.page = await this.app.page();
    this.page.setDefaultTimeout(60_000);
    this.page.on('console', (message) => this.said.push(message.text()));
    this.page.on('pageerror', (error) => this.said.push(String(error.stack)));
    this.person = new Person(this.page);
    this.session = await this.page.context().newCDPSession(this.page);
    await app.evaluate(({ clipboard }) => clipboard.writeText('what was there before'));
  }

  /** Ends what was started, however far that came. */
  async stop(): Promise<void> {
    this.watch?.stop();
    await this.app?.stop();
    await this.site?.stop();
    rmSync(this.temporaryControl, { force: true });
  }

  known(...more: Mark[]): void {
    this.marks.push(...more);
    this.search = searchFor(this.marks);
  }

  held(which: Search): Promise<string[]> {
    return heldBy(this.session, which);
  }

  /** Shown on purpose. From the moment its page is left it is a secret like the others. */
  async readRecoveryKey(door: string): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: 'Show recovery key' }).click();
    this.known(marked(door, await page.locator('[data-recovery-key]').innerText()));
    expect((await this.held(this.search)).join()).toContain(`${door} in the heap`);
    await page.getByRole('checkbox', { name: 'I have saved it' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  /** Every row of every table but the free pages, which the search of the files reads. */
  rows(): [table: string, row: string][] {
    const driver = openDriver(join(this.app.dataDirectory, 'trustkeep.db'), { readonly: true });
    try {
      const tables = driver.all("SELECT name FROM sqlite_master WHERE type = 'table'", []);
      return tables.flatMap(({ name }) =>
        driver
          .all(`SELECT * FROM "${name}"`, [])
          .map((row): [string, string] => [String(name), JSON.stringify(row)]),
      );
    } finally {
      driver.close();
    }
  }

  /** The user the application runs as. */
  ownUid(): number {
    return this.app.account?.uid ?? process.getuid?.() ?? 0;
  }

  /** What the user of the application left in the common temporary directory; the files of keys are ours. */
  temporaryFiles(which: Search): string[] {
    return readdirSync(tmpdir())
      .map((name) => join(tmpdir(), name))
      .filter((path) => path !== this.app.desktop.home && !path.includes('trustkeep-planted-inputs-'))
      .flatMap((path) => {
        const facts = statSync(path, { throwIfNoEntry: false });
        if (facts === undefined || facts.uid !== this.ownUid() || facts.ctimeMs < this.#startedAt) return [];
        return facts.isDirectory() ? inFiles(which, path).found : which(readFileSync(path));
      });
  }

  /** Both clipboards of the desktop. */
  async readClipboards(): Promise<string> {
    const both = await this.app.app.evaluate(({ clipboard }) => {
      const read = clipboard.readText.bind(clipboard) as (which: string) => Promise<string> | string;
      return Promise.all([read('clipboard'), read('selection')]);
    });
    return both.join('\n');
  }
}
