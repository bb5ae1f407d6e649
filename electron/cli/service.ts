import { usualEndpoint } from '#shared/catalog/endpoints/index.ts';
import { exitCodes } from './exit-codes.ts';
import { fetchedValues } from './input.ts';
import type { Globals, Invocation } from './invocation.ts';
import type { CliIo, ServiceAnswer } from './io.ts';
import type { CliCommand, CliField } from './model.ts';
import { aside } from './said.ts';
import { pairs, plain, plainJson } from './table.ts';
import { usage } from './usage.ts';

const managerField: CliField = {
  name: 'manager',
  kind: 'choice',
  choices: ['systemd', 'sysv'],
  required: false,
  advanced: true,
  help: 'Service manager to use. Default: the one that started this machine.',
};

const installFields: readonly CliField[] = [
  {
    name: 'account',
    kind: 'text',
    required: false,
    help: 'Account that the agent runs as. Default: root with --writable, else "trustkeep", which is created; on Windows NT SERVICE\\Trustkeep, which only the service has.',
  },
  {
    name: 'password',
    kind: 'secret',
    required: false,
    help: 'Password of that account, if it has one. Only on Windows, and never on the command line.',
  },
  {
    name: 'group',
    kind: 'text',
    required: false,
    help: 'Group whose members may call the service: with the desktop, which then shows it, and with --system. Only with systemd and on Windows.',
  },
  {
    name: 'writable',
    kind: 'lines',
    required: false,
    help: `Directories of local endpoints that the agent may change, for example /etc/${usualEndpoint.id}. All others are read-only for it. Not on Windows.`,
  },
  {
    name: 'master_key_file',
    kind: 'path',
    required: false,
    help: 'Key file for the master key, if it is not kept anywhere yet. Default with systemd, which hands it to the agent: /etc/trustkeep/master.key; else in the data directory, where it must be on Windows.',
  },
  {
    name: 'start',
    kind: 'boolean',
    required: false,
    help: 'Start the service now. Default: yes; --no-start: only install it.',
  },
];

/** Commands for the service manager; the agent is not asked, so they are not of the contract. */
export const serviceCommands: readonly CliCommand[] = [
  verb('install', 'Install the agent as a service of this machine, started with it.', installFields),
  verb('start', 'Start the installed service.'),
  verb('stop', 'Stop the service; its running steps may finish.'),
  verb('restart', 'Stop the service, then start it.'),
  verb('status', 'Show whether the service is installed and running.'),
  verb('remove', 'Stop the service and remove it. Its data stay.'),
];

export function isServiceCommand({ path }: CliCommand): boolean {
  return path.startsWith('service.');
}

export async function carryOutService(invocation: Invocation, globals: Globals, io: CliIo): Promise<number> {
  const { command, exposed } = invocation;
  if (exposed.length > 0)
    throw usage(
      `--${exposed[0]} on the command line can be seen by others on this machine.`,
      `Use --${exposed[0]}-prompt, --${exposed[0]}-stdin or --${exposed[0]}-file PATH.`,
    );
  const values = await fetchedValues(invocation, io);
  const dataDirectory =
    globals.dataDirectory === null ? io.defaultDataDirectory(true) : io.resolvePath(globals.dataDirectory);
  const word = command.words[1] ?? '';
  const { notes, ...state } = await io.service({
    verb: word,
    dataDirectory,
    values: fitting(command, values, io),
    ask: io.interactive ? io.prompt : null,
  });
  io.stdout(`${globals.json ? plainJson(state, 2) : page(state).map(plain).join('\n')}\n`);
  for (const note of notes) aside(note, globals.json, io);
  return word === 'status' && !state.running ? exitCodes.failed : exitCodes.ok;
}

/** Windows says what a name has not; elsewhere it stands in units and scripts. No option either way. @internal */
export function isAccountName(text: string, platform = process.platform): boolean {
  return platform === 'win32'
    ? /^(?!-)[^"/[\]:;|=,+*?<>]+$/.test(text)
    : /^[\p{L}\d_.][\p{L}\p{M}\d_ .$@\\-]*$/u.test(text);
}

/** Values as the fields say, paths from where the person stands. The unit is made of them: a line break has no place in one. */
function fitting(
  { fields }: CliCommand,
  values: Record<string, unknown>,
  io: CliIo,
): Record<string, unknown> {
  const fitted = (field: CliField, text: string): string => {
    if (/\p{Cc}/u.test(text) || text === '') throw usage(`--${field.name} has no usable value.`);
    if (field.choices?.includes(text) === false)
      throw usage(`--${field.name} must be one of: ${field.choices.join(', ')}.`);
    if (['account', 'group'].includes(field.name) && !isAccountName(text))
      throw usage(`"${text}" is no name of an account or group.`);
    return field.kind === 'path' || field.kind === 'lines' ? io.resolvePath(text) : text;
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = fields.find((one) => one.name === name);
      if (field === undefined || typeof value === 'boolean') return [name, value];
      return [
        name,
        Array.isArray(value) ? value.map((one) => fitted(field, String(one))) : fitted(field, String(value)),
      ];
    }),
  );
}

const managers: Record<string, string> = { sysv: 'init script', windows: 'Windows' };

function page(state: Omit<ServiceAnswer, 'notes'>): string[] {
  if (!state.installed) return [state.sentence];
  return [
    state.sentence,
    '',
    ...pairs([
      ['Manager', managers[state.manager] ?? state.manager],
      ['File', state.file],
      ['Account', state.account],
      ['Process', state.processId === null ? null : String(state.processId)],
      ['Starts with the machine', state.startsAtBoot ? 'yes' : 'no'],
    ]),
  ];
}

function verb(word: string, help: string, fields: readonly CliField[] = []): CliCommand {
  return {
    path: `service.${word}`,
    words: ['service', word],
    help,
    mutates: word !== 'status',
    begins: false,
    positional: null,
    alsoPositional: null,
    fields: [...fields, managerField],
    variants: null,
    updateFields: null,
    dryRun: null,
  };
}
