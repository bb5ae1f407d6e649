import { whenHere } from '#shared/catalog/connections/fields.ts';
import { usualConnection } from '#shared/catalog/connections/index.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import type { Source } from './flags.ts';
import { inputSchema } from './from-contract.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { askMissing } from './questions.ts';
import { usage } from './usage.ts';

/** Options that are always paths of this machine, so that they may be typed relative to where one stands. */
const ownPaths = new Set([
  'ssh_key_path',
  'dns_add_script',
  'dns_remove_script',
  'secretfile',
  'authcert',
  'privatekeypath',
]);

/** Commands all of whose paths are. */
const ownPathCommands = new Set([
  'secrets.choose',
  'backups.create',
  'backups.restore',
  'certificates.export',
  'certificates.revokeByKey',
  'authorities.accountImport',
]);

/** The input of the command, complete and fitting the contract. May read files and standard input, may ask. */
export async function inputOf(
  invocation: Invocation,
  io: CliIo,
  note: (text: string) => void,
): Promise<Record<string, unknown>> {
  const values = await fetchedValues(invocation, io);
  leaveOutUnused(invocation, values, note);
  if (io.interactive) await askMissing(invocation.command.path, values, invocation.cleared, io);
  checkSecrets(invocation, values);
  resolvePaths(invocation, values, io);
  const input = shaped(invocation, values);
  const parsed = inputSchema(invocation.command.path).safeParse(input);
  if (!parsed.success) throw invalidInput(parsed.error.issues, input);
  return input;
}

/** The values of the line, with those that come from a file, standard input or a question. */
export async function fetchedValues(
  { values, sources, exposed }: Invocation,
  io: CliIo,
): Promise<Record<string, unknown>> {
  const all = { ...values };
  checkSources(sources);
  for (const name of exposed) checkText(String(all[name]), `--${name}`);
  for (const source of sources) all[source.field.name] = await fetched(source, io);
  return all;
}

function checkSources(sources: readonly Source[]): void {
  const fromStdin = sources.filter(({ from }) => from === 'stdin');
  if (fromStdin.length > 1) throw usage('Only one value can be read from standard input.');
}

/** Those that nobody was there to be asked for. */
function checkSecrets({ fields, typed }: Invocation, values: Record<string, unknown>): void {
  const missing = fields.find(
    ({ name, kind, required }) => kind === 'secret' && required && values[name] === undefined,
  );
  if (missing === undefined) return;
  const flag = `--${missing.name}`;
  throw usage(
    `"${typed}" needs ${flag}.`,
    `Give it with ${flag}-prompt, ${flag}-stdin or ${flag}-file PATH.`,
  );
}

async function fetched({ field, from, path }: Source, io: CliIo): Promise<string> {
  const flag = `--${field.name}-${from}`;
  if (from === 'prompt') {
    if (io.interactive) return io.prompt(`${field.name}: `);
    throw usage(
      `${flag} needs a terminal to ask on.`,
      `Give it with --${field.name}-stdin or --${field.name}-file PATH.`,
    );
  }
  const text = from === 'stdin' ? await io.readStdin() : await readText(io.resolvePath(path ?? ''), flag, io);
  const value = field.kind === 'secret' ? secretIn(text, flag) : text;
  if (value === '') throw usage(`${flag} was empty.`);
  return value;
}

/** What could not be read as UTF-8 is another secret by now. */
function checkText(text: string, flag: string): void {
  if (text.includes('\ufffd')) throw usage(`${flag} was not UTF-8 text.`);
}

/** One line, as editors and shells write it. */
function secretIn(text: string, flag: string): string {
  checkText(text, flag);
  return text.replace(/^\ufeff/, '').replace(/\r?\n$/, '');
}

async function readText(path: string, flag: string, io: CliIo): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw usage(`${flag}: ${path} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : message}.`);
  }
}

function resolvePaths({ command, fields }: Invocation, values: Record<string, unknown>, io: CliIo): void {
  const chosen = String(values[whenHere.field] ?? usualConnection.id);
  const here = command.path === 'endpoints.add' && whenHere.is.includes(chosen);
  for (const { name, kind } of fields) {
    const value = values[name];
    if (kind !== 'path' || typeof value !== 'string') continue;
    if (here || ownPaths.has(name) || ownPathCommands.has(command.path)) values[name] = io.resolvePath(value);
  }
}

/** The documented line of this command names the options of every way to log in, whichever is chosen. */
function leaveOutUnused(
  { command, fields }: Invocation,
  values: Record<string, unknown>,
  note: (text: string) => void,
): void {
  if (command.path !== 'credentialStores.update') return;
  const unused = fields.filter(({ name, when }) => {
    const chosen = when === undefined ? undefined : values[when.field];
    return chosen !== undefined && values[name] !== undefined && !when?.is.includes(String(chosen));
  });
  for (const { name, when } of unused) {
    note(`Note: --${name} is not used with ${when?.field} ${values[when?.field ?? '']}, and was ignored.`);
    delete values[name];
  }
}

/** `update` carries its options one level down; what is cleared is null there. */
function shaped({ command, cleared, typed }: Invocation, values: Record<string, unknown>) {
  const { updateFields, fields, positional } = command;
  if (updateFields === null) return values;
  const own = Object.fromEntries(
    fields.flatMap(({ name }) => (name in values ? [[name, values[name]]] : [])),
  );
  const changes = Object.fromEntries(Object.entries(values).filter(([name]) => !(name in own)));
  for (const name of cleared) {
    if (!updateFields.some((field) => field.name === name)) {
      throw usage(`--clear ${name}: there is no such option.`, `See: trustkeep help ${typed}`);
    }
    if (changes[name] !== undefined) throw usage(`--${name} is both set and cleared.`);
    changes[name] = null;
  }
  const more = fields.some(({ name, required }) => !required && name !== positional && name in own);
  if (Object.keys(changes).length === 0 && !more) throw usage(`"${typed}" needs something to change.`);
  return { ...own, changes };
}
