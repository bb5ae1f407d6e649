import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { startLittleServer } from '../../electron/net/little-server.ts';
import { type RehearsalFiles, writeFiles } from '../../electron/rehearsal/files.ts';
import { reloadWhenAsked } from '../../electron/rehearsal/reload.ts';
import { electronForTests, type Launched, launchApp } from '../../test/e2e/electron.ts';
import { type Figure, median, range } from './measure.ts';

const runs = 3;
const name = 'shop.example';

/** Seconds of the keystroke-level model (Card, Moran and Newell): a key, pointing, a click, to the other device, a thought. */
const model = { key: 0.2, point: 1.1, click: 0.2, home: 0.4, think: 1.35 };

/** Uses the window as a person does, and counts what that takes. */
class Person {
  readonly #page: Page;
  clicks = 0;
  keys = 0;
  #homings = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async click(what: Locator): Promise<void> {
    this.clicks += 1;
    await what.click({ timeout: 60_000 });
  }

  button(label: string | RegExp): Promise<void> {
    return this.click(this.#page.getByRole('button', { name: label }).first());
  }

  /** Into a field that is clicked first. */
  async type(field: Locator, text: string): Promise<void> {
    await this.click(field);
    this.#homings += 2;
    this.keys += text.length;
    await this.#page.keyboard.insertText(text);
  }

  /** Seconds: every click and every field is thought about once. */
  estimate(): number {
    const { key, point, click, home, think } = model;
    return this.clicks * (point + click + think) + this.keys * key + this.#homings * home;
  }
}

interface Run {
  clicks: number;
  keys: number;
  person: number;
  machine: number;
}

/** From the first start of the desktop to the first certificate that is proved to be served, with the steps between that can be left as they are, and without. */
export async function firstCertificate(): Promise<Figure[]> {
  if ((await electronForTests()) === null) return [];
  const all: Run[] = [];
  for (let run = 0; run < runs; run++) all.push(await once(leaveSteps));
  const whole = await once(takeSteps);
  const { clicks = 0, keys = 0, person = 0 } = all[0] ?? {};
  const machine = all.map((one) => one.machine);
  return [
    {
      what: 'From the first start to the first proved certificate',
      figure: `${clicks} clicks and ${keys} keys: ${person.toFixed(0)} s of a person by estimate, and ${median(machine).toFixed(1)} s of the machine (${range(machine.map((one) => one * 1000))}); with name, connection and authority set as well ${whole.clicks} clicks and ${whole.keys} keys, ${whole.person.toFixed(0)} s`,
      goal: '< 60 s of a person',
      met: person < 60,
      method: `Median of ${runs} first starts of the real application, driven without a pause: the machine's time is the whole of such a run, from the window on. The recovery key, then a PEM file on this machine as in \`trustkeep rehearse\`, its request, the approval of its plan, the proof. A person's time by the keystroke-level model: ${model.key} s a key, ${model.point} s to point, ${model.click} s a click, ${model.home} s between mouse and keyboard, and ${model.think} s of thought before every click and every field; reading the plan is not in it.`,
    },
  ];
}

async function once(steps: (person: Person, page: Page) => Promise<void>): Promise<Run> {
  const directory = mkdtempSync(join(tmpdir(), 'web-'));
  const files = await writeFiles(directory, name, Date.now(), randomBytes(16));
  files.works();
  const server = await startLittleServer(readFileSync(files.pem, 'utf8'));
  const done = new AbortController();
  const reloads = reloadWhenAsked(files, server, done.signal);
  let app: Launched | null = null;
  try {
    app = await launchApp();
    giveTo(app, directory);
    const page = await app.page();
    await page.getByRole('button', { name: 'Show recovery key' }).waitFor();
    const person = new Person(page);
    const began = performance.now();
    await steps(person, page);
    await addEndpoint(person, page, files, server.port);
    await certify(person, page);
    const machine = (performance.now() - began) / 1000;
    return { clicks: person.clicks, keys: person.keys, person: person.estimate(), machine };
  } finally {
    await app?.stop();
    done.abort();
    await reloads;
    server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What has to be done before an endpoint can be added. */
async function leaveSteps(person: Person, page: Page): Promise<void> {
  await person.button('Show recovery key');
  await person.click(page.getByRole('checkbox', { name: 'I have saved it' }));
  await person.button('Continue');
}

/** The steps between as well. */
async function takeSteps(person: Person, page: Page): Promise<void> {
  await leaveSteps(person, page);
  await person.type(page.locator('[data-step=name] input'), 'Office');
  await person.click(page.locator('[data-step=name] button[type=submit]'));
  await page.locator('[data-step=name][data-state=done]').waitFor();
  await person.button('Connect directly');
  await person.button('Use "trustkeep-local"');
}

async function addEndpoint(person: Person, page: Page, files: RehearsalFiles, port: number): Promise<void> {
  await person.button('Add the first endpoint');
  const dialog = page.getByRole('dialog');
  await person.click(dialog.getByRole('radio', { name: 'PEM file' }));
  await person.type(dialog.locator('[data-field=name]'), 'shop');
  await person.type(dialog.locator('[data-field=path]'), files.pem);
  await person.type(dialog.locator('[data-field=restart_script]'), files.restart);
  await person.type(dialog.locator('[data-field=served_at]'), `127.0.0.1:${port}`);
  await person.click(dialog.getByRole('button', { name: 'Add', exact: true }));
  await person.button('Open nodes');
}

async function certify(person: Person, page: Page): Promise<void> {
  await person.button(/^Request certificate for/);
  await person.click(
    page.getByRole('dialog').getByRole('button', { name: 'Request certificate', exact: true }),
  );
  await person.button('Read the plan');
  await person.button(/^Approve/);
  await page
    .getByText(/handshakes? showed the new key and the full chain/)
    .first()
    .waitFor({ timeout: 60_000 });
}

/** To the user that the application runs as. */
function giveTo({ account }: Launched, directory: string): void {
  if (account === null) return;
  for (const path of [directory, ...readdirSync(directory).map((file) => join(directory, file))])
    chownSync(path, account.uid, account.gid);
}
