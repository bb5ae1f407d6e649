import type { z } from 'zod';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { autoupdateCatalog } from '#shared/catalog/autoupdate.ts';
import { channelCatalog } from '#shared/catalog/channels/index.ts';
import { credentialDescriptor } from '#shared/catalog/credential-stores/credential.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type { Descriptor } from '#shared/catalog/descriptor.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Field } from '#shared/catalog/field.ts';
import { proxyCatalog } from '#shared/catalog/proxy.ts';
import { settingsCatalog } from '#shared/catalog/settings.ts';
import type { CommandMeta } from '#shared/contract/base.ts';
import { contract } from '#shared/contract/index.ts';
import type { CliCommand, CliField } from './model.ts';
import { fieldWords } from './words.ts';

/** As much of a zod schema as is read here. */
interface SchemaLike {
  def: { type: string; innerType?: SchemaLike; element?: SchemaLike };
  shape?: Record<string, SchemaLike>;
  options?: readonly unknown[];
  meta?: () => Record<string, unknown> | undefined;
}

interface ProcedureLike {
  '~orpc': { meta: CommandMeta; inputSchema: unknown; outputSchema: unknown };
}

/** Nouns whose `add` and `update` take the fields of a catalog. */
const catalogs: Record<string, Record<string, Descriptor>> = {
  endpoints: endpointCatalog,
  authorities: authorityCatalog,
  credentialStores: credentialStoreCatalog,
  channels: channelCatalog,
};

/** Nouns whose commands take the fields of one descriptor. */
const descriptors: Record<string, Descriptor> = {
  credentials: credentialDescriptor,
  proxy: proxyCatalog,
  autoupdate: autoupdateCatalog,
  settings: settingsCatalog,
};

/** Commands that have a twin which only shows what would happen. */
const dryRuns: Record<string, string> = { 'certificates.request': 'certificates.preview' };

/** Every command with words of its own, in the order of the contract. */
export function cliCommands(): CliCommand[] {
  return Object.entries(contract).flatMap(([noun, verbs]) =>
    Object.entries(verbs as Record<string, ProcedureLike>).flatMap(([verb, procedure]) => {
      const { meta } = procedure['~orpc'];
      return meta.cli === undefined ? [] : [commandOf(noun, verb, procedure)];
    }),
  );
}

/** The schema a command's input must fit. */
export function inputSchema(path: string): z.ZodType {
  const [noun = '', verb = ''] = path.split('.');
  const verbs = Reflect.get(contract, noun) as Record<string, ProcedureLike>;
  return verbs[verb]?.['~orpc'].inputSchema as z.ZodType;
}

function commandOf(noun: string, verb: string, procedure: ProcedureLike): CliCommand {
  const { meta } = procedure['~orpc'];
  const schema = procedure['~orpc'].inputSchema as SchemaLike;
  const path = `${noun}.${verb}`;
  const catalog = catalogs[noun];
  const positional = meta.positional ?? null;
  const isUnion = schema.def.type === 'union';
  const shape = isUnion ? {} : (schema.shape ?? {});
  const own = Object.entries(shape).filter(([name]) => name !== 'changes');
  const changing = unionOf(catalog ?? { [noun]: descriptors[noun] ?? noFields });
  return {
    path,
    words: (meta.cli ?? '').split(' '),
    help: meta.help ?? '',
    mutates: meta.mutates === true,
    begins: meta.begins === true,
    positional,
    alsoPositional: meta.alsoPositional ?? null,
    fields: own.map(([name, field]) => fieldOf(path, name, field)),
    variants: isUnion && catalog && positional !== null ? variantsOf(positional, catalog) : null,
    updateFields: 'changes' in shape ? changing.filter(({ name }) => !(name in shape)) : null,
    dryRun: dryRuns[path] ?? null,
  };
}

function variantsOf(by: string, catalog: Record<string, Descriptor>): CliCommand['variants'] {
  const entries = Object.entries(catalog);
  return {
    by,
    labels: Object.fromEntries(entries.map(([id, { help }]) => [id, help])),
    examples: Object.fromEntries(entries.map(([id, { examples = [] }]) => [id, examples])),
    fields: Object.fromEntries(entries.map(([id, { fields }]) => [id, fields.map(fromCatalog)])),
  };
}

const noFields: Descriptor = { id: '', label: '', help: '', fields: [] };

/**
 * Fields of all siblings, each once: which ones fit is known once the thing to change is. A name that means something
 * else to each has the words of each.
 */
function unionOf(catalog: Record<string, Descriptor>): CliField[] {
  const all = new Map<string, { field: Field; choices: Set<string>; helps: Map<string, string[]> }>();
  for (const [id, { fields }] of Object.entries(catalog)) {
    for (const field of fields) {
      const known = all.get(field.name) ?? { field, choices: new Set(), helps: new Map() };
      for (const choice of field.choices ?? []) known.choices.add(choice);
      known.helps.set(field.help, [...(known.helps.get(field.help) ?? []), id]);
      all.set(field.name, known);
    }
  }
  return [...all.values()].map(({ field, choices, helps }) => {
    const each = [...helps].map(([help, ids]) => `${ids.join(', ')}: ${help}`);
    const help = helps.size === 1 ? field.help : each.join(' ');
    const any = choices.size === 0 ? field.choices : [...choices];
    return { ...fromCatalog(field), help, choices: any, required: false };
  });
}

function fromCatalog(field: Field): CliField {
  const { name, kind, help, choices, advanced, from, when } = field;
  return { name, kind, help, required: field.required === true, choices, advanced, from, when };
}

function fieldOf(path: string, name: string, schema: SchemaLike): CliField {
  const described = descriptors[path.split('.')[0] ?? '']?.fields.find((field) => field.name === name);
  const optional = schema.def.type === 'optional';
  const inner = optional ? (schema.def.innerType ?? schema) : schema;
  if (described !== undefined && fieldWords[`${path}.${name}`] === undefined) {
    return { ...fromCatalog(described), required: !optional };
  }
  const help = fieldWords[`${path}.${name}`] ?? fieldWords[name] ?? '';
  const secret = [schema, inner].some((one) => one.meta?.()?.secret === true);
  return { name, help, required: !optional, ...(secret ? { kind: 'secret' } : kindOf(inner, name)) };
}

function kindOf(schema: SchemaLike, name: string): Pick<CliField, 'kind' | 'choices'> {
  switch (schema.def.type) {
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'enum':
      return { kind: 'choice', choices: schema.options as readonly string[] };
    case 'array':
      return { kind: 'lines', choices: schema.def.element?.options as readonly string[] | undefined };
    default:
      return { kind: name === 'path' ? 'path' : 'text' };
  }
}
