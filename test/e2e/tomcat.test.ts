import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connector, files, host, leafAt, leafFor, pem } from '../integration/tomcat/real-tomcat.ts';
import { canRunSshd, type Sshd, startSshd } from '../servers/sshd.ts';
import { haveTomcat, managerPassword, type RunningTomcat, startTomcat } from '../servers/tomcat.ts';
import { Beginner, patience } from './beginner.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();

describe.skipIf(electron === null || !haveTomcat(10) || !canRunSshd())('a person with a Tomcat', () => {
  const leaves = { shop: leafFor('shop.example'), blog: leafFor('blog.example') };
  let server: RunningTomcat;
  let sshd: Sshd;
  let desktop: Launched;
  let person: Beginner;

  beforeAll(async () => {
    server = await startTomcat({
      roles: 'manager-script',
      files: files(leaves),
      connectors: connector(
        '{port2}',
        [host('_default_', pem('blog')), host('shop.example', pem('shop'))].join('\n'),
      ),
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
    if (task.result?.state === 'fail') await desktop.screenshot('tomcat-failed');
  });

  test('adds it by the form, with its manager, and sees its connectors', async () => {
    const { page } = person;
    await page.getByText('Add the first endpoint').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Apache Tomcat', exact: true }).check();
    await dialog.getByLabel(/^Name/).fill('app1');
    await dialog.getByLabel(/^Tomcat directory/).fill(server.dir);
    await person.overSsh(sshd);
    await dialog.getByLabel(/^Manager address/).fill(`http://127.0.0.1:${server.ports[0]}/manager`);
    await dialog.getByLabel(/^Manager user/).fill('deploy');
    await dialog.getByLabel(/^Manager password/).fill(managerPassword);
    await person.pictures('tomcat-1-form');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('[data-instance-id]').waitFor(patience);
    await page.getByRole('button', { name: 'Open nodes' }).click();
    await page.getByText('shop.example').first().waitFor(patience);
    await person.pictures('tomcat-2-nodes');
  });

  test('requests a certificate, approves its plan, and sees the proof', async () => {
    const { page } = person;
    await page
      .getByRole('button', { name: /Request certificate for shop\.example/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Request certificate', exact: true }).click();
    await person.go('Approvals');
    await page.getByText('app1 / shop.example').first().click(patience);
    await page.getByText('Not proved: Tomcat has no test', { exact: false }).first().waitFor(patience);
    await person.pictures('tomcat-3-plan');
    await person.approve(/handshakes? showed the new key and the full chain/);
    await person.pictures('tomcat-4-proved');
    const port = server.ports[1] ?? 0;
    expect(await leafAt(port, 'shop.example')).not.toBe(leaves.shop.facts.fingerprint);
    expect(await leafAt(port, null)).toBe(leaves.blog.facts.fingerprint);
  });
});
