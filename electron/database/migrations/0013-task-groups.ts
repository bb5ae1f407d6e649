import type { Driver } from '../driver.ts';

/** Tasks that install one certificate on several nodes are found by their group. */
export function taskGroups(driver: Driver): void {
  const group = `iif(json_valid(memory), json_extract(memory, '$.input.group.id'), NULL)`; // a damaged row is no reason not to start
  driver.exec(`CREATE INDEX tasks_group ON tasks (${group}) WHERE ${group} IS NOT NULL;`);
}
