import { implement } from '@orpc/server';
import { newId } from '#kit/ids.ts';
import { channelSettings } from '#shared/catalog/channels/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';
import { type ChannelRow, channelInput } from '#shared/contract/channels.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import {
  type Channel,
  type ChannelKind,
  type ChannelSettings,
  channelDefinition,
} from '#shared/model/channel.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { findChannel, sameName } from './find.ts';
import { checkAddresses, checkAsked, dropUnasked, listed, merged, withDefaults } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

export function channelCommands(tools: CommandTools) {
  const os = implement(contract.channels).$context<CommandContext>();
  const { database, agent } = tools;
  return os.router({
    add: os.add.handler(({ input, context }) => add(tools, input, context)),
    list: os.list.handler(() => database.channels.list().map((one) => rowOf(tools, one))),
    show: os.show.handler(({ input }) => rowOf(tools, findChannel(database, input.channel))),
    update: os.update.handler(({ input, context }) =>
      update(tools, findChannel(database, input.channel), input.changes, context),
    ),
    remove: os.remove.handler(({ input, context }) => {
      const { id, name } = findChannel(database, input.channel);
      context.audit.commit(
        () => database.channels.remove(id),
        () => ({ subject: id, sentence: `The channel "${name}" was removed.` }),
      );
      agent.events.changed('channels', id);
      return {};
    }),
    test: os.test.handler(async ({ input, context }) => {
      const { id, name } = findChannel(database, input.channel);
      const report = await agent.channels.test(id);
      context.audit.note({
        subject: id,
        sentence: `A test was sent to the channel "${name}": ${report.sentence}`,
        outcome: report.ok ? undefined : 'refused',
      });
      return report;
    }),
  });
}

function add(
  tools: CommandTools,
  { kind, ...flat }: Flat & { kind: ChannelKind },
  { audit }: CommandContext,
): ChannelRow {
  const { database, clock } = tools;
  const { needs, fields } = channelDefinition({ kind });
  for (const field of fields)
    if (needs.includes(field.name) && flat[field.name] === undefined)
      throw invalid(`${field.label} is required.`, `Give it with --${field.name}-prompt.`);
  const name = freeName(tools, text(flat, 'name') ?? '', null);
  const settings = settingsOf(kind, flat);
  const channel: Channel = {
    ...{ id: newId('ch'), name, kind, settings },
    ...{ report: null, createdAt: clock.now() },
  };
  audit.commit(
    () => {
      database.channels.insert(channel);
      seal(tools, channel, flat);
    },
    () => ({ subject: channel.id, sentence: `The ${kind} channel "${name}" was added.` }),
  );
  return changed(tools, channel.id);
}

function update(
  tools: CommandTools,
  before: Channel,
  changes: Record<string, unknown>,
  { audit }: CommandContext,
): ChannelRow {
  const { database } = tools;
  const definition = channelDefinition(before);
  for (const field of definition.fields)
    if (definition.needs.includes(field.name) && changes[field.name] === null)
      throw invalid(`${field.label} cannot be cleared.`, 'Give it another value.');
  const wanted = merged(definition, { name: before.name, ...definition.toFlat(before.settings) }, changes);
  dropUnasked(definition, wanted, changes);
  const parsed = channelInput.safeParse({ kind: before.kind, ...wanted });
  if (!parsed.success) throw invalidInput(parsed.error.issues, wanted);
  const name = freeName(tools, text(wanted, 'name') ?? '', before.id);
  checkSecrets(tools, before, wanted, changes);
  const after: Channel = { ...before, name, settings: settingsOf(before.kind, wanted) };
  audit.commit(
    () => {
      database.channels.update(after);
      seal(tools, after, changes);
    },
    () => ({ subject: after.id, sentence: `The channel "${name}" was changed: ${listed(changes)}.` }),
  );
  return changed(tools, after.id);
}

/** A password is not sent to another server than the one it was given for. */
function checkSecrets(
  { database }: CommandTools,
  channel: Channel,
  wanted: Flat,
  changes: Record<string, unknown>,
): void {
  const { seals, boundTo, fields, toFlat } = channelDefinition(channel);
  const was = toFlat(channel.settings);
  const moved = boundTo.find((name) => wanted[name] !== was[name]);
  if (moved === undefined) return;
  for (const [name, sealed] of Object.entries(seals)) {
    if (name in changes || !database.secrets.has(channel.id, sealed)) continue;
    const [secret, bound] = [name, moved].map(
      (one) => fields.find((field) => field.name === one)?.label ?? one,
    );
    throw invalid(
      `${secret} was given for another value of ${bound}.`,
      `Give it again with --${name}-prompt, or remove it with --clear ${name}.`,
    );
  }
}

function settingsOf(kind: ChannelKind, input: Flat): ChannelSettings {
  const definition = channelDefinition({ kind });
  const flat = withDefaults(definition, input);
  checkAsked(definition, flat);
  checkAddresses(definition, flat);
  const settings = definition.fromFlat(flat);
  if (channelSettings.safeParse(settings).success) return settings;
  throw invalid(`The settings of the channel "${text(flat, 'name')}" do not fit together.`);
}

/** Seals the secrets that were named now, and forgets those that were cleared. */
function seal({ database }: CommandTools, channel: Channel, given: Record<string, unknown>): void {
  for (const [field, name] of Object.entries(channelDefinition(channel).seals)) {
    const value = given[field];
    if (typeof value === 'string') database.secrets.put(channel.id, name, Secret.of(value));
    if (value === null) database.secrets.remove(channel.id, name);
  }
}

function rowOf({ database }: CommandTools, channel: Channel): ChannelRow {
  return { ...channel, waiting: database.deliveries.waiting(channel.id) };
}

/** What waits is tried again now: what was wrong may be right. */
function changed(tools: CommandTools, id: string): ChannelRow {
  tools.database.deliveries.hurry(id, tools.clock.now());
  tools.agent.events.changed('channels', id);
  tools.agent.wake();
  return rowOf(tools, findChannel(tools.database, id));
}

function freeName({ database }: CommandTools, name: string, own: string | null): string {
  const other = sameName(database.channels.list(), name);
  if (other === undefined || other.id === own) return name;
  throw new Failure('channel.name-taken', `There is already a channel named "${other.name}".`, {
    hint: 'Choose another name.',
  });
}
