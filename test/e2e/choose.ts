import type { Page } from 'playwright-core';

/** A native select, or a list box that opens. */
export async function choose(
  field: ReturnType<Page['getByLabel']>,
  value: string,
  label: string,
): Promise<void> {
  const tag = await field.evaluate((element) => element.tagName);
  if (tag === 'SELECT') {
    await field.selectOption(value);
    return;
  }
  await field.click();
  await field.page().getByRole('option', { name: label, exact: true }).click();
}
