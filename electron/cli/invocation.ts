import { clearFlag, type Flags, isFlag, notYesOrNo, plainName, readFlags, type Source } from './flags.ts';
import type { CliIo } from './io.ts';
import type { CliCommand, CliField } from './model.ts';
import { globalFlags } from './model.ts';
import { nearest } from './nearest.ts';
import { usage } from './usage.ts';

export interface Globals {
  json: boolean;
  help: boolean;
  version: boolean;
  dataDirectory: string | null;
  system: boolean;
  wait: boolean;
  waitApproval: boolean;
}

/** What the person typed, understood; secrets that come from elsewhere are still to be fetched. */
export interface Invocation {
  command: CliCommand;
  /** Words as typed, for messages: `tls add nginx`. */
  typed: string;
  values: Record<string, unknown>;
  fields: readonly CliField[];
  sources: Source[];
  exposed: string[];
  cleared: string[];
  dryRun: boolean;
}

const dryRunFlag: CliField = {
  name: 'dry_run',
  kind: 'boolean',
  required: false,
  help: 'Print the plan only; change nothing.',
};

/** Takes the flags every command has out of the line, wherever they stand. */
export function takeGlobals(argv: readonly string[]): { globals: Globals; rest: string[] } {
  const found: Record<string, string | boolean> = {};
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? '';
    if (token === '--') {
      rest.push(...argv.slice(i));
      break;
    }
    const name = token === '-h' ? 'help' : token === '-V' ? 'version' : plainName(token.split('=')[0] ?? '');
    const field = globalFlags.find((candidate) => candidate.name === name);
    if (!isFlag(token) || (field === undefined && name !== 'version')) rest.push(token);
    else if (field?.kind !== 'path') found[name] = !/=(false|no|0)$/.test(token);
    else if (token.includes('=')) found[name] = token.slice(token.indexOf('=') + 1);
    else found[name] = isFlag(argv[i + 1] ?? '') ? '' : (argv[++i] ?? '');
  }
  const directory = found.data_directory;
  if (directory === '') throw usage('--data-directory needs a value.');
  const globals: Globals = {
    json: found.json === true,
    help: found.help === true,
    version: found.version === true,
    dataDirectory: typeof directory === 'string' ? directory : null,
    system: found.system === true,
    wait: found.wait === true || found.wait_approval === true,
    waitApproval: found.wait_approval === true,
  };
  return { globals, rest };
}

/** The command whose words begin the line, and what follows them. */
export function findCommand(
  commands: readonly CliCommand[],
  rest: readonly string[],
): { command: CliCommand; after: string[] } | null {
  const fits = commands.filter(({ words }) => words.every((word, index) => rest[index] === word));
  const command = fits.sort((a, b) => b.words.length - a.words.length)[0];
  return command === undefined ? null : { command, after: rest.slice(command.words.length) };
}

/** Fields that may be named after these words; for variants, once the first word after the command says which. */
export function fieldsFor(command: CliCommand, variant: string | null): readonly CliField[] {
  if (command.variants !== null) return variant === null ? [] : (command.variants.fields[variant] ?? []);
  const extra = command.dryRun === null ? [] : [dryRunFlag];
  const updates = command.updateFields === null ? [] : [...command.updateFields, clearFlag];
  const own = command.fields.filter(({ name }) => !updates.some((field) => field.name === name));
  return [...own, ...updates, ...extra];
}

export function readInvocation(command: CliCommand, after: readonly string[]): Invocation {
  const { variant, args } = takeVariant(command, after);
  const typed = [...command.words, ...(variant === null ? [] : [variant])].join(' ');
  const fields = fieldsFor(command, variant);
  const flags = readFlags(args, fields, typed);
  if (variant !== null && command.variants !== null) flags.words.unshift(variant);
  takePositional(command, flags, typed);
  const dryRun = flags.values.dry_run === true;
  delete flags.values.dry_run;
  return { command, typed, fields, dryRun, ...flags };
}

/** `tls add nginx …`, or `tls add --type nginx …`. */
function takeVariant(
  { variants, words }: CliCommand,
  after: readonly string[],
): { variant: string | null; args: readonly string[] } {
  if (variants === null) return { variant: null, args: after };
  const known = Object.keys(variants.fields);
  const byFlag = plainName(after[0] ?? '') === variants.by && isFlag(after[0] ?? '');
  const word = byFlag ? after[1] : after[0];
  if (word !== undefined && known.includes(word)) {
    return { variant: word, args: after.slice(byFlag ? 2 : 1) };
  }
  const typed = words.join(' ');
  const named = variants.fields[known[0] ?? '']?.find(({ required }) => required)?.name ?? 'name';
  const one = `One of: ${known.join(', ')}. For example: trustkeep ${typed} ${known[0]} --${named} NAME`;
  if (word === undefined || isFlag(word)) throw usage(`"${typed}" needs the ${variants.by} first.`, one);
  const meant = nearest(word, known);
  const guess = meant === null ? '' : ` Did you mean ${meant}?`;
  throw usage(`There is no ${variants.by} "${word}" in this version.${guess}`, one);
}

/** Words without a flag, in the order of the places that are still free. */
function takePositional(command: CliCommand, flags: Flags, typed: string): void {
  let places = [command.positional, command.alsoPositional].flatMap((name) =>
    name === null || flags.values[name] !== undefined ? [] : [name],
  );
  const fieldOf = (name: string) => command.fields.find((field) => field.name === name);
  for (const word of flags.words) {
    const at = places.findIndex((name) => fieldOf(name)?.choices?.includes(word) !== false);
    const name = places[at];
    const stray = flags.strays.get(word);
    if (name === undefined && stray !== undefined) throw notYesOrNo(stray, word);
    if (name === undefined) throw unknownWord(word, places.map(fieldOf)[0], typed);
    places = places.slice(at + 1);
    flags.values[name] = fieldOf(name)?.kind === 'number' && /^\d+$/.test(word) ? Number(word) : word;
  }
}

function unknownWord(word: string, place: CliField | undefined, typed: string): Error {
  const help = `See: trustkeep help ${typed}`;
  if (place?.choices === undefined) return usage(`"${typed}" does not take "${word}".`, help);
  const meant = nearest(word, place.choices);
  const guess = meant === null ? '' : ` Did you mean ${meant}?`;
  return usage(`There is no ${place.name} "${word}".${guess}`, `One of: ${place.choices.join(', ')}.`);
}

/** The sentence about what is missing; null when nothing is. Secrets are asked for later. */
export function missingSentence({ command, typed, fields, values }: Invocation): string | null {
  const missing = fields.filter(
    ({ name, required, kind }) => required && kind !== 'secret' && values[name] === undefined,
  );
  if (missing.length === 0) return null;
  const names = missing.map(({ name }) => (name === command.positional ? name.toUpperCase() : `--${name}`));
  return `"${typed}" needs ${listed(names)}.`;
}

const listed = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((word) => word !== '').join(' and ');

/** The data directory that is meant, as a whole path. */
export function directoryOf({ dataDirectory, system }: Globals, io: CliIo): string {
  return dataDirectory === null ? io.defaultDataDirectory(system) : io.resolvePath(dataDirectory);
}
