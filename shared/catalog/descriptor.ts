import type { Field } from './field.ts';

/** A provider described as data: forms, flags, validation and help are read from it. */
export interface Descriptor {
  id: string;
  label: string;
  /** One sentence. */
  help: string;
  /** How it is usually added on the command line: what follows the id. */
  examples?: readonly string[];
  fields: readonly Field[];
}
