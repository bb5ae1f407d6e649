import type { Driver } from '../driver.ts';

/** Another program that renews the certificate of a node, as JSON; null: nothing shows one. The next discovery fills it. */
export function nodeManagers(driver: Driver): void {
  driver.exec('ALTER TABLE nodes ADD COLUMN managed_by TEXT');
}
