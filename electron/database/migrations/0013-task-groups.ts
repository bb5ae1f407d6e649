import type { Driver } from '../driver.ts';

/** Tasks that install one certificate on several nodes are found by their group. */
export function taskGroups(driver: Driver): void {
  driver.exec(`
    CREATE INDEX tasks_group ON tasks (json_extract(memory, '$.input.group.id'))
      WHERE json_extract(memory, '$.input.group.id') IS NOT NULL;
  `);
}
