import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { files, host, leafFor, pair, shown } from '../integration/apache/real-apache.ts';
import { haveApache, type RunningApache, startApache } from '../servers/apache.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { Beginner, patience } from './beginner.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();

describe.skipIf(electron === null || !haveApache() || !canRunSshd())('a person with an Apache', () => {
  const old = leafFor('shop.example');
  const neighbour = leafFor('blog.example');
  let server: RunningApache;
  let sshd: Sshd;
  let desktop: Launched;
  let person: Beginner;

  beforeAll(async () => {
    server = await startApache({
      files: files({ shop: old, blog: neighbour }),
      site: host('shop.example', pair('shop')) + host('blog.example', pair('blog')),
    });
    sshd = await startSshd();
    desktop = await launchApp();
    person = await Beginner.begin(desktop);
  });
  afterAll(async () => {
    await desktop?.stop();
    await sshd?.stop();
    await server?.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await desktop.screenshot('apache-failed');
  });

  test('adds it by the form and sees its virtual hosts', async () => {
    const { page } = person;
    await page.getByText('Add the first endpoint').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Apache', exact: true }).check();
    await dialog.getByLabel(/^Name/).fill('web2');
    await person.overSsh(sshd);
    await dialog.getByLabel(/^apachectl/).fill(server.settings.apachectlPath);
    await dialog.getByRole('button', { name: /^Advanced/ }).click();
    await dialog.getByLabel(/^Directory of the instance/).fill(server.dir);
    await person.pictures('apache-1-form');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    await page.getByRole('button', { name: 'Open nodes' }).click();
    await page.getByText('shop.example').first().waitFor(patience);
    await page.getByText('blog.example').first().waitFor(patience);
    await person.pictures('apache-2-nodes');
  });

  test('requests a certificate, approves its plan, and sees the proof', async () => {
    const { page } = person;
    await page
      .getByRole('button', { name: /Request certificate for shop\.example/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Request certificate', exact: true }).click();
    await person.go('Approvals');
    await page.getByText('web2 / shop.example').first().click(patience);
    await page.getByText('Not proved: apachectl -t', { exact: false }).first().waitFor(patience);
    await person.pictures('apache-3-plan');
    await person.approve(/handshakes? showed the new key and the full chain/);
    await person.pictures('apache-4-proved');
    expect((await shown(server, 'shop.example'))[0]).not.toBe(old.facts.fingerprint);
    expect((await shown(server, 'blog.example'))[0]).toBe(neighbour.facts.fingerprint);
  });
});
