import { implement } from '@orpc/server';
import { newId } from '#kit/ids.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { text } from '#shared/catalog/flat.ts';
import { authorityInput } from '#shared/contract/authorities.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { accountCommands } from './authority-account.ts';
import { settingsOf } from './authority-settings.ts';
import { findAuthority, sameName } from './find.ts';
import { dropUnasked, listed, merged } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

export function authorityCommands(tools: CommandTools) {
  const os = implement(contract.authorities).$context<CommandContext>();
  const { database } = tools;
  return os.router({
    ...accountCommands(tools),
    add: os.add.handler(({ input, context }) => add(tools, input, context)),
    list: os.list.handler(() => database.authorities.list()),
    show: os.show.handler(({ input }) => findAuthority(database, input.authority)),
    update: os.update.handler(({ input, context }) =>
      update(tools, findAuthority(database, input.authority), input.changes, context),
    ),
    remove: os.remove.handler(({ input, context }) => {
      remove(tools, findAuthority(database, input.authority), context);
      return {};
    }),
    test: os.test.handler(({ input }) => tools.authorities.test(findAuthority(database, input.authority).id)),
    root: os.root.handler(({ input }) => {
      const { id, kind, name } = findAuthority(database, input.authority);
      if (authorityDefinition({ kind }).ownRoot !== null) return tools.authorities.root(id);
      throw new Failure(
        'authority.no-root',
        `The root of "${name}" is not kept here: it is not a local authority.`,
        {
          hint: 'Get it from the CA itself.',
        },
      );
    }),
  });
}

function add(
  tools: CommandTools,
  input: Flat & { kind: Authority['kind'] },
  { audit }: CommandContext,
): Authority {
  const { database, clock } = tools;
  const { kind, ...flat } = input;
  const { seals } = authorityDefinition({ kind });
  const name = freeName(tools, text(flat, 'name') ?? '', null);
  const authority: Authority = {
    id: newId('ca'),
    name,
    kind,
    isDefault: false,
    settings: settingsOf(kind, flat),
    createdAt: clock.now(),
  };
  const asDefault = flat.is_default === true || database.authorities.default() === null;
  audit.commit(
    () => {
      database.authorities.insert(authority);
      seal(tools, authority.id, seals, flat);
      if (asDefault) database.authorities.setDefault(authority.id);
    },
    () => ({ subject: authority.id, sentence: `The ${kind} authority "${name}" was added.` }),
  );
  return changed(tools, authority.id);
}

async function update(
  tools: CommandTools,
  before: Authority,
  changes: Record<string, unknown>,
  { audit }: CommandContext,
): Promise<Authority> {
  const { database } = tools;
  const definition = authorityDefinition(before);
  const { name: named, isDefault } = before;
  const present = { name: named, is_default: isDefault, ...definition.toFlat(before.settings) };
  const wanted = merged(definition, present, changes);
  dropUnasked(definition, wanted, changes);
  const parsed = authorityInput.safeParse({ kind: before.kind, ...wanted });
  if (!parsed.success) throw invalidInput(parsed.error.issues, wanted);
  const name = freeName(tools, text(wanted, 'name') ?? '', before.id);
  const after: Authority = { ...before, name, settings: settingsOf(before.kind, wanted) };
  checkFixed(tools, before, after);
  if (before.isDefault && wanted.is_default !== true) throw defaultNeeded(before.name);
  audit.commit(
    () => {
      database.authorities.update(after);
      seal(tools, after.id, definition.seals, changes);
      if (wanted.is_default === true && !before.isDefault) database.authorities.setDefault(after.id);
    },
    () => ({ subject: after.id, sentence: `The authority "${name}" was changed: ${listed(changes)}.` }),
  );
  const stored = changed(tools, after.id);
  await tools.authorities.takeUp(after.id);
  return stored;
}

/** Seals the secrets that were named now, each under its name, and forgets those that were cleared. */
function seal(
  { database }: CommandTools,
  id: string,
  seals: Readonly<Record<string, string>>,
  given: Record<string, unknown>,
): void {
  for (const [field, name] of Object.entries(seals)) {
    const value = given[field];
    if (typeof value === 'string') database.secrets.put(id, name, Secret.of(value));
    if (value === null) database.secrets.remove(id, name);
  }
}

/** The root carries its name and its name constraints for ever. */
function checkFixed({ database }: CommandTools, before: Authority, after: Authority): void {
  const { ownRoot, toFlat, fields } = authorityDefinition(before);
  if (ownRoot === null) return;
  const [was, is] = [toFlat(before.settings), toFlat(after.settings)];
  const same = ownRoot.fixes.every((name) => JSON.stringify(was[name]) === JSON.stringify(is[name]));
  if (same || database.secrets.list(before.id).length === 0) return;
  const labels = fields.filter(({ name }) => ownRoot.fixes.includes(name)).map(({ label }) => label);
  const what = labels.map((label, at) => (at === 0 ? label : label.toLowerCase())).join(' and ');
  throw new Failure(
    'authority.root-exists',
    `${what} of "${before.name}" cannot be changed, because its root already exists.`,
    {
      hint: ownRoot.hint,
    },
  );
}

function remove(tools: CommandTools, authority: Authority, { audit }: CommandContext): void {
  const { database } = tools;
  const users = database.authorities.usedBy(authority.id);
  if (users.length > 0) {
    const some = users.slice(0, 3).join(', ');
    const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
    throw new Failure('authority.in-use', `The authority "${authority.name}" is used by ${some}${more}.`, {
      hint: 'For endpoints, name another authority or clear the fall-back first; orders have to end first.',
    });
  }
  if (authority.isDefault) throw defaultNeeded(authority.name);
  audit.commit(
    () => {
      database.authorities.remove(authority.id);
      database.secrets.remove(authority.id);
    },
    () => ({ subject: authority.id, sentence: `The authority "${authority.name}" was removed.` }),
  );
  tools.authorities.forget(authority.id);
  tools.agent.events.changed('authorities', authority.id);
}

function defaultNeeded(name: string): Failure {
  return new Failure('authority.default-needed', `"${name}" is the default authority.`, {
    hint: 'Make another authority the default first: trustkeep authorities update NAME --is_default true',
  });
}

function changed(tools: CommandTools, id: string): Authority {
  tools.authorities.forget(id);
  tools.agent.events.changed('authorities', id);
  return findAuthority(tools.database, id);
}

function freeName({ database }: CommandTools, name: string, own: string | null): string {
  const other = sameName(database.authorities.list(), name);
  if (other === undefined || other.id === own) return name;
  throw new Failure('authority.name-taken', `There is already an authority named "${other.name}".`, {
    hint: 'Choose another name.',
  });
}
