import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { inFiles, inText, type Search } from './marks.ts';
import { type Hunt, soon } from './planted-hunt.ts';

/** Somewhere a secret must not be; `find` says what it finds there. */
interface Place {
  name: string;
  find(search: Search): Promise<string[]> | string[];
  /** Puts a text there, as a mistake would. */
  plant(text: string): unknown;
}

/** Every place that somebody may see. */
export const placesOf = (hunt: Hunt): Place[] => [
  ...inThePage(hunt),
  ...atTheDesktop(hunt),
  ...inProcesses(hunt),
  ...onTheDisk(hunt),
];

/** Runs in the page, with the text as `planted`. */
const inPage = (hunt: Hunt, code: string) => (text: string) =>
  hunt.page.evaluate(`{ const planted = ${JSON.stringify(text)}; ${code} }`);

const textOf = (where: string, read: () => Promise<string> | string) => async (which: Search) =>
  inText(which, where, await read());

/** Ends a child that reads what we write, once the watch came by: on a busy machine that takes its time. */
async function untilSeen(
  { watch }: Hunt,
  child: ChildProcessWithoutNullStreams,
  text: string,
): Promise<void> {
  const gone = once(child, 'exit');
  await expect.poll(() => watch.seen().some((one) => one.includes(text)), soon).toBe(true);
  child.stdin.end('\n');
  await gone;
}

const inThePage = (hunt: Hunt): Place[] => [
  {
    name: 'any screen',
    async find(which) {
      const found: string[] = [];
      const links = await hunt.page.getByRole('navigation').locator('a').all();
      expect(links.length).toBeGreaterThan(8);
      for (const link of links) {
        const [, screen] = /^#\/([^/]+)/.exec((await link.getAttribute('href')) ?? '') ?? [];
        await link.click();
        await hunt.page.locator(`[data-screen="${screen}"] h1`).first().waitFor();
        await hunt.page.waitForFunction(`document.querySelector('.fui-Skeleton') === null`);
        found.push(...inText(which, hunt.page.url(), await hunt.page.content()));
      }
      return found;
    },
    plant: inPage(
      hunt,
      `document.body.append(Object.assign(document.createElement('p'), { title: planted }))`,
    ),
  },
  {
    name: 'the console of the page',
    find: textOf('the console', () => hunt.said.join('\n')),
    plant: inPage(hunt, 'console.log(planted)'),
  },
  {
    name: 'what the page stores',
    find: textOf('what the page stores', () =>
      hunt.page.evaluate<string>(`Promise.all([indexedDB.databases(), caches.keys().catch(() => [])]).then((names) =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, names, document.cookie, history.state,
          location.href, window.name]))`),
    ),
    plant: inPage(hunt, `localStorage.setItem('planted', planted)`),
  },
];

const atTheDesktop = (hunt: Hunt): Place[] => [
  {
    name: 'the clipboard',
    find: textOf('the clipboard', () => hunt.readClipboards()),
    plant: (text) => hunt.app.app.evaluate(({ clipboard }, value) => clipboard.writeText(value), text),
  },
  {
    name: 'what the application prints',
    find: textOf('its output', () => hunt.printed.join('')),
    plant: (text) => hunt.app.app.evaluate((_, value) => console.log(value), text),
  },
  {
    name: 'what the application starts',
    find: textOf('a child', async () => (await hunt.children()).join('\n')),
    plant: (text) =>
      hunt.app.app.evaluate((_, value) => {
        const { getBuiltinModule } = process as unknown as { getBuiltinModule(name: string): unknown };
        const programs = getBuiltinModule('node:child_process') as {
          spawn(program: string, words: string[]): unknown;
        };
        programs.spawn('true', [value]);
      }, text),
  },
  {
    name: 'notifications and tray',
    find: textOf('what the desktop shows', async () =>
      JSON.stringify([await hunt.app.desktop.notifications(), await hunt.app.desktop.tray()]),
    ),
    plant: (text) =>
      hunt.app.app.evaluate(
        ({ Notification }, body) => new Notification({ title: 'Planted', body }).show(),
        text,
      ),
  },
];

const inProcesses = (hunt: Hunt): Place[] => [
  {
    name: 'the words of any process',
    find: textOf('a process', () => hunt.watch.seen().join('\n')),
    plant: (text) => untilSeen(hunt, spawn('sh', ['-c', 'read line; true', 'planted', text]), text),
  },
  {
    name: 'the environment of any process',
    find: textOf('a process', () => hunt.watch.seen().join('\n')),
    plant: (text) => untilSeen(hunt, spawn('cat', { env: { ...process.env, PLANTED: text } }), text),
  },
];

const onTheDisk = (hunt: Hunt): Place[] => [
  {
    name: 'the rows of the database, the audit among them',
    find: (which) =>
      hunt.rows().flatMap(([table, row]) => inText(which, `the table ${table}: ${row.slice(0, 80)}`, row)),
    plant: async (text) => {
      await hunt.person.openPemForm(text, hunt.site.ssh.inline, hunt.site.pemPath);
      await hunt.person.fill({ user: hunt.site.ssh.inline.user });
      await hunt.person.type('password', hunt.site.the('the password of an endpoint'));
      await hunt.person.addEndpoint();
    },
  },
  {
    name: 'any file of the person',
    find: (which) => inFiles(which, hunt.app.desktop.home).found,
    plant: (text) => writeFileSync(join(hunt.app.dataDirectory, 'desktop', 'planted'), text),
  },
  {
    name: 'the common temporary directory',
    find: (which) => hunt.temporaryFiles(which),
    plant: (text) => {
      writeFileSync(hunt.temporaryControl, text);
      chownSync(hunt.temporaryControl, hunt.ownUid(), -1);
    },
  },
];
