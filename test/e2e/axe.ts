import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Finding {
  rule: string;
  impact: 'minor' | 'moderate' | 'serious' | 'critical';
  html: string;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The library's guards around the whole page and within its menus hand the focus on as they get it. */
const guards = JSON.stringify([
  ['body > [data-tabster-dummy]'],
  ['.fui-MenuPopover [data-tabster-dummy]'],
  ['.fui-PopoverSurface [data-tabster-dummy]'],
]);

/** WCAG 2.2 A and AA, and what axe calls good practice, of what is drawn now; only what depends on colours, where that is said. */
export async function foundByAxe(page: Page, only: 'all' | 'colours' = 'all'): Promise<Finding[]> {
  const rules = only === 'all' ? '' : `, runOnly: ['color-contrast', 'link-in-text-block']`;
  await page.evaluate(`window.axe ?? (() => { ${axe} })()`);
  return page.evaluate(`axe
    .run({ exclude: ${guards} }, { resultTypes: ['violations']${rules} })
    .then(({ violations }) => violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html }) => ({ rule: id, impact, html: html.slice(0, 160) }))))`);
}
