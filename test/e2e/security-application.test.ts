import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { electronForTests, type Launched, launchApp } from './electron.ts';

const electron = await electronForTests();
const soon = { timeout: 60_000, interval: 50 };

describe.skipIf(electron === null)('the whole application', () => {
  let launched: Launched;
  // may have to build it first
  beforeAll(async () => {
    launched = await launchApp({ flavour: 'e2e' });
  });
  afterAll(() => launched?.stop());

  test('shows its own page without one violation of the policy (SEC-04)', async () => {
    const page = await launched.page();
    await page.addInitScript(`
        window.violations = [];
        document.addEventListener('securitypolicyviolation', (event) =>
          window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber));
      `);
    await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.reload(),
    );
    // only the page that was loaded again counts its violations
    const drawn = `window.violations !== undefined && document.querySelector('button') !== null`;
    await expect.poll(() => page.evaluate(drawn).catch(() => false), soon).toBe(true);
    expect(await page.evaluate('window.violations')).toEqual([]);
  });
});
