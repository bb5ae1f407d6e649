import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { exec } from '#kit/exec.ts';

type Kind = 'passwd' | 'group';

/** Of the user that the agent runs as. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown'); // a container's user without an entry in /etc/passwd
  }
}

/**
 * Names of users and groups of this machine. Node knows ids only. `/etc/passwd` and `/etc/group` are read first;
 * what is not in them (directory services) is asked of `getent`. Remembered for the life of a connection.
 */
export class Accounts {
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, number | null>();

  /** The name; the id as text when it has none. */
  async nameOf(kind: Kind, id: number): Promise<string> {
    const known = this.#names.get(`${kind} ${id}`);
    if (known !== undefined) return known;
    const entry = await find(kind, (fields) => fields[2] === String(id), String(id));
    const name = entry?.[0] ?? String(id);
    this.#names.set(`${kind} ${id}`, name);
    return name;
  }

  /** The id of a name or of a decimal id; null when there is none. */
  async idOf(kind: Kind, name: string): Promise<number | null> {
    const known = this.#ids.get(`${kind} ${name}`);
    if (known !== undefined) return known;
    const entry = await find(kind, (fields) => fields[0] === name, name);
    const id = entry?.[2] !== undefined ? Number(entry[2]) : /^\d+$/.test(name) ? Number(name) : null;
    this.#ids.set(`${kind} ${name}`, id);
    return id;
  }
}

async function find(
  kind: Kind,
  fits: (fields: string[]) => boolean,
  asked: string,
): Promise<string[] | undefined> {
  const file = await readFile(`/etc/${kind}`, 'utf8').catch(() => '');
  const split = (text: string) => text.split('\n').map((line) => line.split(':'));
  const found = split(file).find(fits);
  if (found !== undefined || asked.startsWith('-')) return found;
  const result = await exec({ argv: ['getent', kind, asked], timeoutMs: 5_000 }).catch(() => null);
  return result?.code === 0 ? split(result.stdout.toString()).find(fits) : undefined;
}
