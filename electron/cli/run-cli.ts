import { type Field, fieldSchema } from '#shared/catalog/field.ts';
import { intervalFields } from '#shared/catalog/settings.ts';
import { failureOf } from '../transport/client.ts';
import { carryOut } from './carry-out.ts';
import { codeOfFailure, exitCodes } from './exit-codes.ts';
import { isFlag, plainName } from './flags.ts';
import { cliCommands } from './from-contract.ts';
import { commandHelp, groupHelp, overviewHelp, ownCommands } from './help.ts';
import { inputOf } from './input.ts';
import {
  directoryOf,
  findCommand,
  type Globals,
  missingSentence,
  readInvocation,
  takeGlobals,
} from './invocation.ts';
import type { CliIo } from './io.ts';
import type { CliCommand } from './model.ts';
import { nearest } from './nearest.ts';
import { aside, tell } from './said.ts';
import { carryOutService, isServiceCommand, serviceCommands } from './service.ts';
import { plain, plainJson } from './table.ts';
import { usage } from './usage.ts';

/** The command line: words in, lines and an exit code out. Never rejects. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const json = argv.includes('--json');
  try {
    if (argv[0] === 'complete') return await complete(argv.slice(1), io);
    const { globals, rest } = takeGlobals(argv);
    return await dispatch(globals, rest, io);
  } catch (thrown) {
    const failure = failureOf(thrown);
    tell(failure, json, io);
    return codeOfFailure(failure);
  }
}

async function dispatch(globals: Globals, rest: readonly string[], io: CliIo): Promise<number> {
  const [first] = rest;
  if (globals.version || first === 'version') return lines([`trustkeep ${io.version}`], io);
  const commands = allCommands();
  if (first === 'help') return help(commands, rest.slice(1), io);
  if (first === undefined) return lines(overviewHelp(commands), io);
  if (globals.help) return help(commands, rest, io);
  if (first === 'run') return run(globals, rest.slice(1), io);
  if (first === 'rehearse') return rehearse(rest.slice(1), io);
  if (first === 'openapi') return openapi(io);
  if (first === 'completion') return completion(rest.slice(1), io);
  if (first === 'recover') return recover(globals, rest.slice(1), io);
  const found = findCommand(commands, rest);
  if (found === null) return unknown(commands, rest, io, globals.json);
  const invocation = readInvocation(found.command, found.after);
  const missing = missingSentence(invocation);
  if (missing !== null) throw usage(missing, `See: trustkeep help ${invocation.typed}`);
  const note = (text: string) => aside(text, globals.json, io);
  for (const name of invocation.exposed) {
    note(
      `Warning: --${name} on the command line can be seen by others on this machine. Use --${name}-prompt, --${name}-stdin or --${name}-file instead.`,
    );
  }
  if (isServiceCommand(found.command)) return carryOutService(invocation, globals, io);
  const input = await inputOf(invocation, io, note);
  return carryOut({ invocation, input, globals, io });
}

/** Those of the contract and those of this machine's service manager. */
function allCommands(): CliCommand[] {
  return [...cliCommands(), ...serviceCommands];
}

function help(
  commands: readonly CliCommand[],
  words: readonly string[],
  io: CliIo,
): number | Promise<number> {
  if (words[0] === '--markdown') return markdown(commands, words[1], io);
  const named = words.filter((word) => !word.startsWith('-'));
  if (named.length === 0) return lines(overviewHelp(commands), io);
  const found = findCommand(commands, named);
  if (found !== null) {
    const { command, after } = found;
    const variant = after.find((word) => command.variants?.fields[word] !== undefined) ?? null;
    return lines(commandHelp(command, variant), io);
  }
  const own = ownCommands.find(([word]) => word === named[0]);
  if (own !== undefined) return lines([own[1]], io);
  return unknown(commands, named, io, false, true);
}

/** The pages of docs/ that are made from what the program knows. */
async function markdown(
  commands: readonly CliCommand[],
  page: string | undefined,
  io: CliIo,
): Promise<number> {
  if (page === 'failures') io.stdout((await import('./failures-page.ts')).failuresPage());
  else io.stdout((await import('./page.ts')).cliPage(commands));
  return exitCodes.ok;
}

/** Half a command shows its other halves; a misspelt one the nearest. */
function unknown(
  commands: readonly CliCommand[],
  rest: readonly string[],
  io: CliIo,
  json: boolean,
  asked = false,
): number {
  const words = rest.filter((word) => !word.startsWith('-'));
  const below = (prefix: readonly string[]) =>
    commands.filter(
      ({ words: all }) => all.length > prefix.length && prefix.every((one, i) => all[i] === one),
    );
  const group = below(words);
  if (group.length > 0 && words.length > 0) {
    const text = groupHelp(group, words);
    if (asked) return lines(text, io);
    if (json)
      throw usage(
        `"${words.join(' ')}" is not a complete command.`,
        `See: trustkeep help ${words.join(' ')}`,
      );
    io.stderr(`${text.join('\n')}\n`);
    return exitCodes.usage;
  }
  const typed = words.slice(0, below(words.slice(0, 2)).length > 0 ? 3 : 2).join(' ');
  const known = [...commands.map(({ words: all }) => all.join(' ')), ...ownCommands.map(([word]) => word)];
  const meant = readingTwin(typed, known) ?? nearest(typed, known) ?? nearest(words[0] ?? '', known);
  throw usage(
    `There is no command "${typed}".${meant === null ? '' : ` Did you mean "${meant}"?`}`,
    'See all: trustkeep help',
  );
}

const readingVerbs = ['show', 'get', 'list', 'state'];

/** Whoever wants to read is never led to a command that changes something: `proxy show` means `proxy get`. */
function readingTwin(typed: string, known: readonly string[]): string | null {
  const [noun = '', verb = ''] = typed.split(' ');
  if (!readingVerbs.includes(verb)) return null;
  return readingVerbs.map((one) => `${noun} ${one}`).find((one) => known.includes(one)) ?? null;
}

/**
 * `trustkeep run [--log-level LEVEL] [--socket-directory PATH] [--proof_seconds N …]`: settings named here hold for this run.
 * `--service [--service-group S-1-…]`: as Windows starts it.
 */
function run(globals: Globals, rest: readonly string[], io: CliIo): Promise<number> {
  let logLevel: string | null = null;
  let socketDirectory: string | null = null;
  let service: { group: string | null } | null = null;
  const settings: Record<string, number> = {};
  for (let i = 0; i < rest.length; i++) {
    const [flag = '', inline] = (rest[i] ?? '').split('=', 2);
    const name = flag.replace(/^--?/, '').replaceAll('-', '_');
    if (name === 'service' && inline === undefined) {
      service ??= { group: null };
      continue;
    }
    const field = intervalFields.find((one) => one.name === name);
    const known = ['log_level', 'socket_directory', 'service_group'].includes(name);
    if (field === undefined && !known) throw usage(`"run" does not take "${rest[i]}".`);
    const given = inline ?? rest[++i] ?? '';
    if (name === 'log_level') logLevel = given;
    else if (name === 'service_group') service = { group: given };
    else if (field === undefined) socketDirectory = io.resolvePath(given);
    else settings[name] = settingValue(field, given);
  }
  if (logLevel !== null && !['debug', 'info', 'warn', 'error'].includes(logLevel)) {
    throw usage('--log-level must be one of: debug, info, warn, error.');
  }
  const dataDirectory = directoryOf(globals, io);
  return io.runHeadless({ dataDirectory, logLevel, settings, socketDirectory, service });
}

function settingValue(field: Field, given: string): number {
  const parsed = fieldSchema(field).safeParse(given === '' ? Number.NaN : Number(given));
  if (!parsed.success) throw usage(parsed.error.issues[0]?.message ?? `--${field.name} is not a number.`);
  return Number(given);
}

/** `trustkeep recover [--new-start]`: a database that is gone, from its newest backup or empty. */
async function recover(globals: Globals, rest: readonly string[], io: CliIo): Promise<number> {
  const stray = rest.find((word) => !isFlag(word) || plainName(word) !== 'new_start');
  if (stray !== undefined) throw usage(`"recover" does not take "${stray}".`, 'See: trustkeep help recover');
  const sentence = await io.recover(directoryOf(globals, io), rest.length > 0 ? 'new-start' : 'backup');
  io.stdout(`${globals.json ? plainJson({ sentence }, 2) : plain(sentence)}\n`);
  return exitCodes.ok;
}

async function rehearse([stray]: readonly string[], io: CliIo): Promise<number> {
  if (stray !== undefined) throw usage(`"rehearse" does not take "${stray}".`);
  const proved = await io.rehearse((line) => io.stdout(`${plain(line)}\n`));
  return proved ? exitCodes.ok : exitCodes.failed;
}

/** What a completion script asks: the place of the word at the cursor, `--`, and the words after `trustkeep`. */
async function complete([at = '', , ...words]: readonly string[], io: CliIo): Promise<number> {
  const { candidates } = await import('./completion.ts');
  const upTo = Array.from({ length: Number(at) + 1 || 1 }, (_, index) => words[index] ?? '');
  for (const { word, help: meaning } of candidates(allCommands(), upTo)) io.stdout(`${word}\t${meaning}\n`);
  return exitCodes.ok;
}

async function completion(rest: readonly string[], io: CliIo): Promise<number> {
  const { completionScripts } = await import('./completion-scripts.ts');
  const { shells } = await import('./completion.ts');
  const shell = shells.find((one) => one === rest[0]);
  if (shell === undefined || rest.length > 1)
    throw usage('"completion" needs the name of a shell.', `One of: ${shells.join(', ')}.`);
  io.stdout(completionScripts[shell]);
  return exitCodes.ok;
}

async function openapi(io: CliIo): Promise<number> {
  const { openApiDocument } = await import('./openapi.ts');
  io.stdout(`${JSON.stringify(await openApiDocument(io.version), null, 2)}\n`);
  return exitCodes.ok;
}

function lines(text: readonly string[], io: CliIo): number {
  io.stdout(`${text.join('\n')}\n`);
  return exitCodes.ok;
}
