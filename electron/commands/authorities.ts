import { implement } from '@orpc/server';
import { newId } from '#kit/ids.ts';
import { flatAuthority } from '#shared/catalog/authorities/flat.ts';
import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { text } from '#shared/catalog/flat.ts';
import { authorityInput } from '#shared/contract/authorities.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import type { Authority } from '#shared/model/authority.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { settingsOf } from './authority-settings.ts';
import { findAuthority, sameName } from './find.ts';
import { dropUnasked, listed, merged } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

/** The EAB HMAC key is sealed under the authority's id by this name. */
const hmacName = 'eab-hmac';

export function authorityCommands(tools: CommandTools) {
  const os = implement(contract.authorities).$context<CommandContext>();
  const { database } = tools;
  return os.router({
    add: os.add.handler(({ input, context }) => add(tools, input as Flat & typeof input, context)),
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
      if (kind === 'local') return tools.authorities.root(id);
      throw new Failure(
        'authority.no-root',
        `The root of "${name}" is not kept here: it is not a local one.`,
        {
          hint: 'Get it from the CA itself.',
          retry: 'never',
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
  const { kind, eab_hmac_key: hmac, ...flat } = input;
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
      if (typeof hmac === 'string') database.secrets.put(authority.id, hmacName, Secret.of(hmac));
      if (asDefault) database.authorities.setDefault(authority.id);
    },
    () => ({ subject: authority.id, sentence: `The ${kind} authority "${name}" was added.` }),
  );
  return changed(tools, authority.id);
}

function update(
  tools: CommandTools,
  before: Authority,
  changes: Record<string, unknown>,
  { audit }: CommandContext,
): Authority {
  const { database } = tools;
  const hmacCleared = changes.eab_hmac_key === null;
  const present = { name: before.name, is_default: before.isDefault, ...flatAuthority(before.settings) };
  const wanted = merged(authorityCatalog[before.kind], present, changes);
  dropUnasked(authorityCatalog[before.kind], wanted, changes);
  const parsed = authorityInput.safeParse({ kind: before.kind, ...wanted });
  if (!parsed.success) throw invalidInput(parsed.error.issues, wanted);
  const name = freeName(tools, text(wanted, 'name') ?? '', before.id);
  const after: Authority = { ...before, name, settings: settingsOf(before.kind, wanted) };
  checkFixed(tools, before, after);
  if (before.isDefault && wanted.is_default !== true) throw defaultNeeded(before.name);
  const hmac = text(wanted, 'eab_hmac_key');
  audit.commit(
    () => {
      database.authorities.update(after);
      if (hmac !== null) database.secrets.put(after.id, hmacName, Secret.of(hmac));
      if (hmacCleared) database.secrets.remove(after.id, hmacName);
      if (wanted.is_default === true && !before.isDefault) database.authorities.setDefault(after.id);
    },
    () => ({ subject: after.id, sentence: `The authority "${name}" was changed: ${listed(changes)}.` }),
  );
  return changed(tools, after.id);
}

/** The root carries its name and its name constraints for ever. */
function checkFixed({ database }: CommandTools, before: Authority, after: Authority): void {
  if (before.settings.kind !== 'local' || after.settings.kind !== 'local') return;
  const same =
    before.settings.commonName === after.settings.commonName &&
    before.settings.permittedNames.join('\n') === after.settings.permittedNames.join('\n');
  if (same || database.secrets.list(before.id).length === 0) return;
  throw new Failure(
    'authority.root-exists',
    `Common name and permitted names of "${before.name}" are fixed, for its root exists.`,
    { hint: 'Add another local authority with the names you want.' },
  );
}

function remove(tools: CommandTools, authority: Authority, { audit }: CommandContext): void {
  const { database } = tools;
  const users = database.authorities.usedBy(authority.id);
  if (users.length > 0) {
    const some = users.slice(0, 3).join(', ');
    const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
    throw new Failure('authority.in-use', `The authority "${authority.name}" is used by ${some}${more}.`, {
      hint: 'Let those use another authority first.',
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
    hint: 'Make another one the default first: trustkeep authorities update NAME --is_default true',
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
