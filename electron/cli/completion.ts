import { isFlag, plainName } from './flags.ts';
import { ownCommands } from './help.ts';
import { fieldsFor, findCommand } from './invocation.ts';
import { type CliCommand, type CliField, globalFlags } from './model.ts';

/** What may stand where the cursor is, and what it means. */
interface Candidate {
  word: string;
  help: string;
}

/** Shells for which there is a script. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/**
 * What may come next. `words` are those after `trustkeep`, the last of them begun or empty. Nothing where a value of the
 * person's own is due: shells then offer files.
 */
export function candidates(commands: readonly CliCommand[], words: readonly string[]): Candidate[] {
  const { before, partial, prefix } = cursorOf(words);
  const flag = before.at(-1);
  const line = placeOf(commands, before);
  const valued = flag === undefined || !isFlag(flag) ? undefined : fieldNamed(line.fields, flag);
  if (valued !== undefined && valued.kind !== 'boolean') {
    const choices = (valued.choices ?? []).map((word) => ({ word, help: '' }));
    return fitting(choices, partial).map(({ word, help }) => ({ word: prefix + word, help }));
  }
  if (partial.startsWith('-')) return flagsAt(line.fields, partial);
  return fitting(line.next, partial);
}

/** Bash parts a word at `=`; the other shells do not, and want what stands before it back. */
function cursorOf(words: readonly string[]): { before: readonly string[]; partial: string; prefix: string } {
  const partial = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (partial === '=') return { before, partial: '', prefix: '' };
  if (before.at(-1) === '=') return { before: before.slice(0, -1), partial, prefix: '' };
  const split = partial.indexOf('=');
  if (!isFlag(partial) || split < 0) return { before, partial, prefix: '' };
  const flag = partial.slice(0, split);
  return { before: [...before, flag], partial: partial.slice(split + 1), prefix: `${flag}=` };
}

interface Place {
  fields: readonly CliField[];
  next: Candidate[];
}

/** Where the words before the cursor lead: the flags that may be given, and the words that may follow. */
function placeOf(commands: readonly CliCommand[], before: readonly string[]): Place {
  const plain = plainWords(before);
  const words = plain[0] === 'help' ? plain.slice(1) : plain;
  const found = findCommand(commands, words);
  if (found === null) {
    const own = plain.length === 0 ? ownCommands.map(([word, help]) => ({ word, help })) : [];
    const shell = plain[0] === 'completion' && plain.length === 1 ? shells : [];
    const extra = shell.map((word) => ({ word, help: '' }));
    return { fields: globalFlags, next: [...nextWords(commands, words), ...own, ...extra] };
  }
  const { command, after } = found;
  const { variants } = command;
  const variant = after.find((word) => variants?.fields[word] !== undefined) ?? null;
  const fields = [...fieldsFor(command, variant), ...globalFlags];
  if (variants !== null && variant === null)
    return {
      fields,
      next: Object.entries(variants.labels).map(([word, help]) => ({ word, help })),
    };
  const place = fields.find(({ name }) => name === command.positional);
  const next = after.length === 0 ? (place?.choices ?? []).map((word) => ({ word, help: '' })) : [];
  return { fields, next: [...next, ...nextWords(commands, words)] };
}

/** Without flags and their values, as far as they are those of every command. */
function plainWords(before: readonly string[]): string[] {
  return before.filter((word, at) => {
    if (isFlag(word)) return false;
    const flag = before[at - 1] ?? '';
    return !(isFlag(flag) && !flag.includes('=') && fieldNamed(globalFlags, flag)?.kind === 'path');
  });
}

/** The next word of every command that begins with these; with several below it, a word says how many. */
function nextWords(commands: readonly CliCommand[], words: readonly string[]): Candidate[] {
  const below = commands.filter(
    (one) => one.words.length > words.length && words.every((word, at) => one.words[at] === word),
  );
  const next = new Map<string, Candidate>();
  for (const { words: all, help } of below) {
    const word = all[words.length] ?? '';
    const leaf = all.length === words.length + 1;
    if (leaf || !next.has(word)) next.set(word, { word, help: leaf ? help : `Commands of "${word}".` });
  }
  return [...next.values()];
}

function fieldNamed(fields: readonly CliField[], flag: string): CliField | undefined {
  const name = plainName(flag);
  return fields.find((field) => field.name === name);
}

/** As the help spells them, or with hyphens when the person began so. A secret is offered by the ways that do not show it. */
function flagsAt(fields: readonly CliField[], partial: string): Candidate[] {
  const hyphens = partial.slice(2).includes('-');
  const spelt = (name: string) => `--${hyphens ? name.replaceAll('_', '-') : name}`;
  const all = fields.flatMap(({ name, kind, help }) => {
    const ends = kind === 'secret' ? ['-prompt', '-stdin', '-file'] : [''];
    const global = globalFlags.some((one) => one.name === name);
    return ends.map((end) => ({
      word: (global ? `--${name.replaceAll('_', '-')}` : spelt(name)) + end,
      help,
    }));
  });
  return fitting(all, partial);
}

function fitting(all: readonly Candidate[], partial: string): Candidate[] {
  const seen = new Set<string>();
  return all.filter(({ word }) => word.startsWith(partial) && !seen.has(word) && seen.add(word));
}
