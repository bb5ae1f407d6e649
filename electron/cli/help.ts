import { usualEndpoint } from '#shared/catalog/endpoints/index.ts';
import { examples } from './examples.ts';
import { fieldsFor } from './invocation.ts';
import { type CliCommand, type CliField, globalFlags } from './model.ts';
import { pairs } from './table.ts';

/** Commands that are of the command line alone. */
export const ownCommands: readonly (readonly [words: string, help: string])[] = [
  [
    'run',
    'Run the agent headless until it is stopped. A file that TRUSTKEEP_MASTER_KEY_FILE names must contain its master key, as containers have it.',
  ],
  [
    'recover',
    'Put the newest backup in the place of a database that is gone; with --new-start, an empty database.',
  ],
  [
    'rehearse',
    'Do the whole job on a TLS server made for it: request, approve, install and prove a certificate, then restore it. Nothing else on this machine is changed.',
  ],
  ['help', `Show help, for everything or one command: trustkeep help tls add ${usualEndpoint.id}`],
  ['completion', 'Print the completion script of a shell: bash, zsh, fish or powershell.'],
  ['openapi', 'Print the contract as an OpenAPI document.'],
  ['version', 'Print the version.'],
];

export function overviewHelp(commands: readonly CliCommand[]): string[] {
  return [
    'trustkeep manages certificates: it finds, requests, installs, proves and renews them.',
    '',
    'Usage: trustkeep COMMAND [options]',
    '',
    ...pairs([
      ...commands.map(({ words, help }) => [`  ${words.join(' ')}`, help] as const),
      ...ownCommands.map(([words, help]) => [`  ${words}`, help] as const),
    ]),
    '',
    'Options of every command:',
    ...fieldLines(globalFlags.map((field) => ({ ...field, name: field.name.replaceAll('_', '-') }))),
    '',
    'Options can be written --with_underscores, --with-hyphens or --with=VALUE.',
  ];
}

/** Commands below a word: `trustkeep help tls`. */
export function groupHelp(commands: readonly CliCommand[], words: readonly string[]): string[] {
  return [
    `Commands of "${words.join(' ')}":`,
    '',
    ...pairs(commands.map((command) => [`  ${command.words.join(' ')}`, command.help] as const)),
  ];
}

export function commandHelp(command: CliCommand, variant: string | null): string[] {
  const { variants, words, positional } = command;
  const typed = ['trustkeep', ...words].join(' ');
  if (variants !== null && variant === null) {
    const labels = Object.entries(variants.labels);
    return [
      command.help,
      '',
      `Usage: ${typed} ${variants.by.toUpperCase()} [options]`,
      '',
      ...pairs(labels.map(([id, help]) => [`  ${id}`, help] as const)),
      '',
      `The options of each: trustkeep help ${words.join(' ')} ${labels[0]?.[0] ?? ''}`,
    ];
  }
  const fields = fieldsFor(command, variant);
  const places = [positional, command.alsoPositional].flatMap((name) =>
    fields.filter((field) => field.name === name),
  );
  const argument = places.map((place) => ` ${shownPlace(place)}`).join('');
  const shown = fields.filter((field) => !places.includes(field));
  return [
    variant === null ? command.help : `${command.help} ${variants?.labels[variant] ?? ''}`,
    '',
    `Usage: ${typed}${variant === null ? '' : ` ${variant}`}${argument}${shown.length > 0 ? ' [options]' : ''}`,
    ...(places.length === 0
      ? []
      : [
          '',
          ...pairs(places.map((place) => [`  ${place.name.toUpperCase()}`, withChoices(place)] as const)),
        ]),
    ...exampleLines(command, variant),
    ...optionSections(shown),
    ...secretNote(fields),
  ];
}

function exampleLines({ path, words, variants }: CliCommand, variant: string | null): string[] {
  const lines =
    variant === null
      ? (examples[path] ?? [])
      : (variants?.examples[variant] ?? []).map((example) => [...words, variant, example].join(' '));
  return lines.length === 0 ? [] : ['', 'Examples:', ...lines.map((line) => `  trustkeep ${line}`)];
}

function shownPlace({ name, required }: CliField): string {
  return required ? name.toUpperCase() : `[${name.toUpperCase()}]`;
}

function optionSections(fields: readonly CliField[]): string[] {
  const usual = fields.filter(({ advanced }) => !advanced);
  const advanced = fields.filter((field) => field.advanced);
  return [
    ...(usual.length === 0 ? [] : ['', 'Options:', ...fieldLines(usual)]),
    ...(advanced.length === 0 ? [] : ['', 'Advanced:', ...fieldLines(advanced)]),
  ];
}

function fieldLines(fields: readonly CliField[]): string[] {
  return pairs(fields.map((field) => [`  ${flagOf(field)}`, withChoices(field)] as const));
}

function flagOf({ name, kind }: CliField): string {
  const value = {
    boolean: '',
    number: ' NUMBER',
    lines: ' LIST',
    choice: ' CHOICE',
    path: ' PATH',
    text: ' TEXT',
    secret: ' SECRET',
  }[kind];
  return `--${name}${value}`;
}

function withChoices({ help, choices, required, kind, from }: CliField): string {
  const listed = choices?.some((choice) => !help.includes(choice)) ? ` One of: ${choices.join(', ')}.` : '';
  const must = required && kind !== 'secret' ? ' Required.' : '';
  return `${help}${listed}${must}${from === 'file' ? ' Usually from a file.' : ''}`;
}

function secretNote(fields: readonly CliField[]): string[] {
  const secrets = fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
  const files = fields.filter(({ from }) => from === 'file').map(({ name }) => name);
  const [first] = secrets;
  return [
    ...(first === undefined
      ? []
      : [
          '',
          `Secrets do not have to be on the command line: --${first}-prompt asks, --${first}-stdin reads standard`,
          `input, --${first}-file PATH reads a file${secrets.length > 1 ? `; the same for ${secrets.slice(1).join(', ')}` : ''}.`,
        ]),
    ...(files.length === 0 ? [] : ['', ...files.map((name) => `--${name}-file PATH reads it from a file.`)]),
  ];
}
