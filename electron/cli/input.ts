import { invalidInput } from '../transport/invalid-input.ts';
import type { Source } from './flags.ts';
import { inputSchema } from './from-contract.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { usage } from './usage.ts';

/** Options that are always paths of this machine, so that they may be typed relative to where one stands. */
const ownPaths = new Set(['ssh_key_path', 'dns_add_script', 'dns_remove_script']);

/** Secrets worth asking a person for when they were not given, and when. */
const questions: Record<string, { field: string; ask(values: Record<string, unknown>): string | null }> = {
  'endpoints.add': {
    field: 'password',
    ask: ({ connection_type, ssh_key_path, store, user, host }) =>
      connection_type === 'ssh' && ssh_key_path === undefined && store === undefined
        ? `Password of ${user}@${host}: `
        : null,
  },
  'secrets.choose': {
    field: 'passphrase',
    ask: ({ kind }) => (kind === 'passphrase' ? 'New passphrase (at least 12 characters): ' : null),
  },
  'secrets.unlock': { field: 'passphrase', ask: () => 'Passphrase (empty: ask the keychain again): ' },
  'secrets.recover': { field: 'recovery_key', ask: () => 'Recovery key: ' },
};

/** The input of the command, complete and fitting the contract. May read files and standard input, may ask. */
export async function inputOf(invocation: Invocation, io: CliIo): Promise<Record<string, unknown>> {
  const values = { ...invocation.values };
  checkSources(invocation.sources);
  for (const source of invocation.sources) values[source.field.name] = await fetched(source, io);
  if (io.interactive) await askMissing(invocation, values, io);
  resolvePaths(invocation, values, io);
  const input = shaped(invocation, values);
  const parsed = inputSchema(invocation.command.path).safeParse(input);
  if (!parsed.success) throw invalidInput(parsed.error.issues, input);
  return input;
}

function checkSources(sources: readonly Source[]): void {
  const fromStdin = sources.filter(({ from }) => from === 'stdin');
  if (fromStdin.length > 1) throw usage('Only one value can be read from standard input.');
}

async function fetched({ field, from, path }: Source, io: CliIo): Promise<string> {
  if (from === 'prompt') return io.prompt(`${field.name}: `);
  const flag = `--${field.name}-${from}`;
  const text = from === 'stdin' ? await io.readStdin() : await readText(io.resolvePath(path ?? ''), flag, io);
  const value = field.kind === 'secret' ? text.replace(/\r?\n$/, '') : text;
  if (value === '') throw usage(`${flag} gave nothing.`);
  return value;
}

async function readText(path: string, flag: string, io: CliIo): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw usage(`${flag}: ${path} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : message}.`);
  }
}

async function askMissing(
  { command }: Invocation,
  values: Record<string, unknown>,
  io: CliIo,
): Promise<void> {
  const rule = questions[command.path];
  if (rule === undefined || values[rule.field] !== undefined) return;
  const question = rule.ask(values);
  if (question === null) return;
  const answer = await io.prompt(question);
  if (answer === '') return;
  if (command.path === 'secrets.choose' && (await io.prompt('Once more: ')) !== answer) {
    throw usage('The two passphrases differ.');
  }
  values[rule.field] = answer;
}

function resolvePaths({ command, fields }: Invocation, values: Record<string, unknown>, io: CliIo): void {
  const local = command.path === 'endpoints.add' && (values.connection_type ?? 'local') === 'local';
  for (const { name, kind } of fields) {
    const value = values[name];
    if (kind !== 'path' || typeof value !== 'string') continue;
    if (local || ownPaths.has(name) || command.path === 'secrets.choose')
      values[name] = io.resolvePath(value);
  }
}

/** `update` carries its options one level down; what is cleared is null there. */
function shaped({ command, cleared, typed }: Invocation, values: Record<string, unknown>) {
  const { changesFields, positional } = command;
  if (changesFields === null) return values;
  const { [positional ?? '']: subject, ...changes } = values;
  for (const name of cleared) {
    if (!changesFields.some((field) => field.name === name)) {
      throw usage(`--clear ${name}: there is no such option.`, `See: trustkeep help ${typed}`);
    }
    if (changes[name] !== undefined) throw usage(`--${name} is given and cleared at once.`);
    changes[name] = null;
  }
  if (Object.keys(changes).length === 0) throw usage(`"${typed}" needs something to change.`);
  return { [positional ?? '']: subject, changes };
}
