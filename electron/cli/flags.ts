import type { CliField } from './model.ts';
import { nearest } from './nearest.ts';
import { usage } from './usage.ts';

/** Where the value of a secret (or of a text that is usually a file) comes from, when not from the flag itself. */
export interface Source {
  field: CliField;
  from: 'stdin' | 'file' | 'prompt';
  path?: string;
}

export interface Flags {
  values: Record<string, unknown>;
  sources: Source[];
  /** Secrets whose value stood on the command line. */
  exposed: string[];
  /** Names given to `--clear`. */
  cleared: string[];
  words: string[];
  /** Words that stood where the value of a switch could have been, with its flag. */
  strays: Map<string, string>;
}

const yesWords = new Set(['true', 'yes', 'on', '1']);
const noWords = new Set(['false', 'no', 'off', '0']);

export const clearFlag: CliField = {
  name: 'clear',
  kind: 'lines',
  required: false,
  help: 'Name of an option to clear. Can be repeated.',
};

/** `--nginx_config_path`, `--nginx-config-path`, `-nginx_config_path`: one name. */
export function plainName(token: string): string {
  return token.replace(/^--?/, '').replaceAll('-', '_');
}

export function isFlag(token: string): boolean {
  return /^--?[A-Za-z]/.test(token);
}

/** Reads flags of a known set and the words between them. Throws one sentence for the first thing that is wrong. */
export function readFlags(args: readonly string[], fields: readonly CliField[], command: string): Flags {
  const flags: Flags = { values: {}, sources: [], exposed: [], cleared: [], words: [], strays: new Map() };
  const reader = new Reader(args, fields, command);
  for (let token = reader.next(); token !== undefined; token = reader.next()) {
    if (token === '--') {
      flags.words.push(...reader.rest());
    } else if (isFlag(token)) readOne(reader, token, flags);
    else flags.words.push(token);
  }
  return flags;
}

class Reader {
  readonly #args: readonly string[];
  #at = 0;
  readonly fields: readonly CliField[];
  readonly command: string;

  constructor(args: readonly string[], fields: readonly CliField[], command: string) {
    this.#args = args;
    this.fields = fields;
    this.command = command;
  }

  next(): string | undefined {
    return this.#args[this.#at++];
  }

  peek(): string | undefined {
    return this.#args[this.#at];
  }

  rest(): string[] {
    const rest = this.#args.slice(this.#at);
    this.#at = this.#args.length;
    return rest;
  }

  /** A value may begin with a dash (passwords do), unless it is itself a flag of this command. */
  value(flag: string): string {
    const value = this.peek();
    if (value === undefined || (isFlag(value) && knows(this.fields, value))) {
      throw usage(`${flag} needs a value.`, `See: trustkeep help ${this.command}`);
    }
    this.#at++;
    return value;
  }
}

function knows(fields: readonly CliField[], token: string): boolean {
  const name = plainName(token.split('=')[0] ?? '');
  return token.startsWith('--') && fields.some((field) => field.name === name);
}

function readOne(reader: Reader, token: string, flags: Flags): void {
  const split = token.indexOf('=');
  const flag = split < 0 ? token : token.slice(0, split);
  const given = split < 0 ? null : token.slice(split + 1);
  const name = plainName(flag);
  const field = reader.fields.find((candidate) => candidate.name === name);
  if (field !== undefined) {
    readValue(reader, flag, field, given, flags);
    return;
  }
  const negated = name.startsWith('no_')
    ? reader.fields.find((one) => one.name === name.slice(3))
    : undefined;
  if (negated?.kind === 'boolean' && given === null) {
    flags.values[negated.name] = false;
    return;
  }
  const source = sourceOf(reader, flag, name, given);
  if (source === null) throw unknownFlag(reader, flag, name);
  flags.sources.push(source);
}

function readValue(reader: Reader, flag: string, field: CliField, given: string | null, flags: Flags): void {
  const { values } = flags;
  if (field.kind === 'boolean') {
    values[field.name] = yesOrNo(reader, flag, given);
    const next = reader.peek();
    if (next !== undefined && !isFlag(next)) flags.strays.set(next, flag);
    return;
  }
  const value = given ?? reader.value(flag);
  if (field.kind === 'lines') {
    const parts = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (field.name === clearFlag.name) flags.cleared.push(...parts.map(plainName));
    else values[field.name] = [...((values[field.name] as string[] | undefined) ?? []), ...parts];
    return;
  }
  if (values[field.name] !== undefined) throw usage(`${flag} was given twice.`);
  if (value === '' && !field.required && reader.fields.includes(clearFlag))
    throw usage(`${flag} must not be empty.`, `To remove what is set: --clear ${field.name}`);
  if (field.kind === 'secret') flags.exposed.push(field.name);
  values[field.name] = field.kind === 'number' ? numberOf(flag, value) : value;
}

function numberOf(flag: string, value: string): number {
  if (/^-?\d+$/.test(value)) return Number(value);
  throw usage(`${flag} must be a whole number, not "${value}".`);
}

/** `--auto_approve`, `--auto_approve=false`, `--auto_approve false`. */
function yesOrNo(reader: Reader, flag: string, given: string | null): boolean {
  const word = (given ?? reader.peek() ?? '').toLowerCase();
  const known = yesWords.has(word) || noWords.has(word);
  if (given !== null && !known) throw notYesOrNo(flag, given);
  if (given === null && known) reader.next();
  return !noWords.has(word);
}

export function notYesOrNo(flag: string, given: string): Error {
  return usage(`${flag} must be yes or no, not "${given}".`);
}

/** `--password-stdin`, `--password-file PATH`, `--password-prompt`. */
function sourceOf(reader: Reader, flag: string, name: string, given: string | null): Source | null {
  const match = /^(.+)_(stdin|file|prompt)$/.exec(name);
  const field = reader.fields.find((candidate) => candidate.name === match?.[1]);
  if (match === null || field === undefined) return null;
  const from = match[2] as Source['from'];
  if (field.kind !== 'secret' && !(field.from === 'file' && from === 'file')) return null;
  return from === 'file' ? { field, from, path: given ?? reader.value(flag) } : { field, from };
}

function unknownFlag(reader: Reader, flag: string, name: string): Error {
  const meant = nearest(name, [
    ...reader.fields.map((field) => field.name),
    'json',
    'wait',
    'help',
    'data_directory',
  ]);
  return usage(
    `There is no option ${flag} for "${reader.command}".${meant === null ? '' : ` Did you mean --${meant}?`}`,
    `See: trustkeep help ${reader.command}`,
  );
}
