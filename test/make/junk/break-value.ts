import type { Chance } from '../random.ts';
import { oddKeys, oddValue } from './odd-values.ts';

type Container = Record<string, unknown> | unknown[];

/** A copy of `value` in which one to three places hold something else, or nothing; at times something else altogether. */
export function breakValue(value: unknown, chance: Chance): unknown {
  const root: unknown = structuredClone(value);
  for (let count = chance.pick([0, 0, 1, 2]); count >= 0; count -= 1) {
    const containers = containersIn(root);
    if (containers.length === 0 || chance.int(16) === 0) return oddValue(chance);
    change(chance.pick(containers), chance);
  }
  return root;
}

function change(container: Container, chance: Chance): void {
  const record = container as Record<string, unknown>;
  const keys = Object.keys(container);
  const key = keys.length === 0 ? oddKey(chance) : chance.pick(keys);
  switch (chance.int(5)) {
    case 0:
      put(record, key, oddValue(chance));
      return;
    case 1:
      Reflect.deleteProperty(record, key); // not the length of a list
      return;
    case 2:
      put(record, oddKey(chance), oddValue(chance));
      return;
    case 3:
      put(record, key, [record[key]]);
      return;
    default:
      put(record, key, mangled(record[key], chance));
  }
}

/** Of the same kind, and not as it should be. */
function mangled(value: unknown, chance: Chance): unknown {
  if (typeof value === 'number') return chance.pick([-value, value + 0.5, value * 1e9, String(value)]);
  if (typeof value !== 'string') return oddValue(chance);
  // a file may be made at what comes out: it is to lie in the same directory, and that is not to be one of the system
  if (value.startsWith('/dev/') || value.startsWith('/proc/')) return value;
  const nameAt = value.startsWith('/') ? value.lastIndexOf('/') + 1 : 0;
  return value.slice(0, nameAt) + mangledText(value.slice(nameAt), chance);
}

function mangledText(text: string, chance: Chance): string {
  const at = chance.int(text.length + 1);
  const special = chance.pick(['\0', '\n', '\u202e', '\ud800', '/../', '"', "'", ' ', '%00', '\u00ad', '*']);
  return chance.pick([
    text.slice(0, at) + special + text.slice(at),
    text.slice(0, at),
    text.toUpperCase(),
    `${text} `,
    text + text.slice(0, 100).repeat(chance.int(200)),
  ]);
}

const oddKey = (chance: Chance): string => chance.pick(oddKeys);

/** `__proto__` too is a key of its own, as in what JSON.parse gives. */
function put(record: Record<string, unknown>, key: string, value: unknown): void {
  if (Array.isArray(record) && !/^\d+$/.test(key)) return;
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}

function containersIn(value: unknown, depth = 0): Container[] {
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return [];
  const container = value as Container;
  const inside = Object.values(container).slice(0, 100);
  return [container, ...inside.flatMap((one) => containersIn(one, depth + 1))];
}
