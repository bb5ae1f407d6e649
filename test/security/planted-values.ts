import { randomBytes } from 'node:crypto';
import { type Marker, markerOf } from './markers.ts';

const mark = (door: string): string => `Pl4nted-${door}-${randomBytes(9).toString('hex')}`;

/** What goes in through the doors of the main job. */
export const secrets = {
  'right password on the command line': mark('argv'),
  'wrong password on standard input': mark('stdin'),
  'wrong password on the command line': mark('wrong'),
  'passphrase of the ssh key, by file': mark('phrase'),
  'wrong passphrase of the ssh key': mark('nophrase'),
  'eab hmac key, by file': randomBytes(32).toString('base64url'),
  'eab hmac key on the command line': randomBytes(32).toString('base64url'),
  'passphrase of the store': mark('store'),
  'second passphrase of the store': mark('store2'),
  'passphrase of the backup': mark('backup'),
  'wrong passphrase of the backup': mark('nobackup'),
  'wrong passphrase of the store': mark('nostore'),
  'wrong recovery key': mark('recovery'),
};

/** All values that were planted or made, and what is searched for. */
export class Planted {
  readonly markers: Marker[] = [];
  readonly #values = new Map<string, string>();

  constructor() {
    for (const [door, value] of Object.entries(secrets)) this.plant(door, value);
  }

  /** Gives a value for a door, new unless given, that is searched for from then on. */
  readonly plant = (door: string, value = mark('door')): string => {
    this.#values.set(door, value);
    this.note(door, value);
    return value;
  };

  /** Searched for from now on, though nobody types it. */
  note(what: string, value: string): void {
    this.markers.push(markerOf(what, value));
  }

  readonly the = (door: string): string => this.#values.get(door) ?? '';

  /** Stands one of them among these words? */
  isIn(words: readonly string[]): boolean {
    return [...this.#values.values()].some((value) => words.includes(value));
  }
}
