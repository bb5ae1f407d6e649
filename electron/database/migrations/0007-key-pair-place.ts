import type { Driver } from '../driver.ts';

/** Where the place of a key pair stands: in an approval, and in what a task was asked for and has done. */
const places: readonly (readonly [table: string, column: string, path: string])[] = [
  ['approvals', 'plan', '$.keyPlace.where'],
  ['tasks', 'memory', '$.input.keyPlace'],
  ['tasks', 'memory', '$.outputs.plan.plan.keyPlace.where'],
  ['tasks', 'memory', '$.outputs."check-material".plan.keyPlace.where'],
  ['tasks', 'memory', '$.outputs."make-key".where'],
];

/**
 * The place of a key pair that was called `target` is called `endpoint`. Fingerprints and seals stay as they were
 * given; who compares them knows the earlier word. What is not JSON stays as it is.
 */
export function keyPairPlaces(driver: Driver): void {
  for (const [table, column, path] of places)
    driver.run(
      `UPDATE ${table} SET ${column} = json_set(${column}, :path, 'endpoint')
       WHERE iif(json_valid(${column}), ${column} ->> :path, NULL) = 'target'`,
      { path },
    );
}
