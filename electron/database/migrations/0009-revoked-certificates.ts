import type { Driver } from '../driver.ts';

/** When a certificate was learned to be revoked, and the reason that was given; null: it is not known to be, or none was. */
export function revokedCertificates(driver: Driver): void {
  driver.exec(`
    ALTER TABLE certificates ADD COLUMN revoked_at INTEGER;
    ALTER TABLE certificates ADD COLUMN revoked_reason TEXT;
  `);
}
