import type { Chance } from '../../../test/make/random.ts';

/** A text with pieces doubled, left out, put elsewhere or changed, and characters that mean something put in. */
export function breakText(text: string, special: readonly string[], chance: Chance): string {
  let changed = text;
  for (let count = 0; count <= chance.int(4); count += 1) {
    const at = chance.int(changed.length + 1);
    const to = at + chance.int(12);
    const piece = changed.slice(at, to);
    switch (chance.int(5)) {
      case 0:
        changed = changed.slice(0, at) + chance.pick(special) + changed.slice(at);
        break;
      case 1:
        changed = changed.slice(0, at) + changed.slice(to);
        break;
      case 2:
        changed = changed.slice(0, to) + piece.repeat(chance.int(20)) + changed.slice(to);
        break;
      case 3:
        changed = changed.slice(0, at) + String.fromCodePoint(chance.int(0xd800)) + changed.slice(at);
        break;
      default: {
        const elsewhere = chance.int(changed.length + 1);
        changed = changed.slice(0, elsewhere) + piece + changed.slice(elsewhere);
      }
    }
  }
  return changed;
}
