import type { Field } from '#shared/catalog/field.ts';

/** One flag, as the contract and the catalog describe it. */
export interface CliField {
  name: string;
  kind: Field['kind'];
  help: string;
  required: boolean;
  choices?: readonly string[] | undefined;
  advanced?: boolean | undefined;
  from?: 'file' | undefined;
  when?: Field['when'] | undefined;
}

/** One command of the contract, as the command line draws it. */
export interface CliCommand {
  /** Where it is in the contract: `endpoints.add`. */
  path: string;
  /** Words to type: `tls add`. */
  words: readonly string[];
  help: string;
  mutates: boolean;
  /** May make the database where none is. */
  begins: boolean;
  /** Field that may be given without its flag. */
  positional: string | null;
  /** The second such field, and the first when the word is none of the choices of that one. */
  alsoPositional: string | null;
  fields: readonly CliField[];
  /** For `add`: the fields depend on the first word after the command. */
  variants: {
    by: string;
    labels: Record<string, string>;
    /** What usually follows each. */
    examples: Record<string, readonly string[]>;
    fields: Record<string, readonly CliField[]>;
  } | null;
  /** For `update`: the fields go below `changes`, and may be cleared. */
  updateFields: readonly CliField[] | null;
  /** Another command with the same input that changes nothing: `--dry-run`. */
  dryRun: string | null;
}

/** Flags every command has. */
export const globalFlags: readonly CliField[] = [
  { name: 'help', kind: 'boolean', required: false, help: 'Show help (also -h).' },
  { name: 'json', kind: 'boolean', required: false, help: 'Print the answer as JSON, for scripts.' },
  {
    name: 'data_directory',
    kind: 'path',
    required: false,
    help: 'Data directory of the agent (also TRUSTKEEP_DATA_DIRECTORY).',
  },
  {
    name: 'system',
    kind: 'boolean',
    required: false,
    help: 'Use the data directory of the service of this machine.',
  },
  {
    name: 'wait',
    kind: 'boolean',
    required: false,
    help: 'Follow the task that was started, step by step, until it ends or needs a person.',
  },
  {
    name: 'wait_approval',
    kind: 'boolean',
    required: false,
    help: 'Like --wait, and keep waiting while someone else approves.',
  },
];
