import type { Driver } from './driver.ts';

/** Whose secrets there are, and what a person calls each. */
const owners = `
  SELECT 'the endpoint "' || name || '"' AS name FROM endpoints WHERE id = @id
  UNION ALL SELECT 'the authority "' || name || '"' FROM authorities WHERE id = @id
  UNION ALL SELECT 'the credential store "' || name || '"' FROM credential_stores WHERE id = @id
  UNION ALL SELECT 'the channel "' || name || '"' FROM channels WHERE id = @id
  UNION ALL SELECT 'the credential "' || c.id || '" in "' || s.name || '"' FROM credentials AS c
    JOIN credential_stores AS s ON s.id = c.store_id WHERE c.row_id = @id`;

/** Its name, else its id. */
export function ownerName(driver: Driver, id: string): string {
  return String(driver.get(owners, { id })?.name ?? id);
}
