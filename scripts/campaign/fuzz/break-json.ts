import type { Chance } from '../../../test/make/random.ts';
import { breakText } from './texts.ts';

/** What stands where something else was expected. */
const strange: readonly ((chance: Chance) => unknown)[] = [
  () => null,
  () => '',
  () => -1,
  () => 1e308,
  () => true,
  () => [],
  () => ({}),
  () => '\ud800\u0000\u202e',
  () => 'x'.repeat(5_000),
  (chance) => nested(chance.int(200)),
  () => ['https://ca.example/1', null, 7],
  () => '2026-02-30T25:61:61Z',
];

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : { value };
  return value;
}

/** A JSON text of the same kind as `value`: with members changed, left out or doubled, or no longer JSON at all. */
export function breakJson(value: unknown, chance: Chance): Buffer {
  if (chance.int(4) === 0)
    return Buffer.from(
      breakText(JSON.stringify(value), ['{', '}', '[', ']', '"', '\\', ',', ':', 'null'], chance),
    );
  let broken = value;
  for (let count = 0; count <= chance.int(3); count += 1) broken = changed(broken, chance);
  return Buffer.from(JSON.stringify(broken));
}

function changed(value: unknown, chance: Chance): unknown {
  if (typeof value !== 'object' || value === null || chance.int(6) === 0) return chance.pick(strange)(chance);
  const entries = Object.entries(value);
  const at = chance.int(Math.max(1, entries.length));
  const rest = entries.flatMap(([name, member], index): [string, unknown][] => {
    if (index !== at) return [[name, member]];
    return chance.int(5) === 0 ? [] : [[name, changed(member, chance)]];
  });
  return Array.isArray(value) ? rest.map(([, member]) => member) : Object.fromEntries(rest);
}
