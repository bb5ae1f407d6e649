import { implement } from '@orpc/server';
import { windowPattern } from '#shared/catalog/autoupdate.ts';
import { invalid } from '#shared/catalog/flat.ts';
import type { AutoupdateInput } from '#shared/contract/autoupdate.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import type { AutoupdateSettings, AutoupdateStatus } from '#shared/model/update.ts';
import { saveAutoupdate } from '../agent/updates/stored.ts';
import type { CommandContext } from '../transport/context.ts';
import type { CommandTools } from './tools.ts';

export function autoupdateCommands(tools: CommandTools) {
  const os = implement(contract.autoupdate).$context<CommandContext>();
  const { agent } = tools;
  const status = (): AutoupdateStatus => agent.updates.status();
  return os.router({
    get: os.get.handler(status),
    enable: os.enable.handler(({ context }) => {
      refuseDecided(status().policy.enabled, 'whether updates are fetched');
      store(tools, context, { enabled: true }, 'Autoupdate was switched on.');
      agent.updates.enable();
      return status();
    }),
    disable: os.disable.handler(({ context }) => {
      refuseDecided(status().policy.enabled, 'whether updates are fetched');
      store(tools, context, { enabled: false }, 'Autoupdate was switched off.');
      agent.updates.disable();
      return status();
    }),
    set: os.set.handler(({ input, context }) => {
      const updates = settingsOf(input, status());
      store(tools, context, updates, `Autoupdate was changed: ${wordsOf(input)}.`);
      return status();
    }),
    check: os.check.handler(async ({ context }) => {
      await agent.updates.check(true);
      const failure = agent.updates.failure();
      if (failure !== null) throw failure;
      const after = status();
      context.audit.note({ subject: null, sentence: after.lastResult ?? after.sentence });
      return after;
    }),
    install: os.install.handler(async ({ input, context }) => {
      await agent.updates.install(input.when_idle === true);
      const after = status();
      context.audit.note({ subject: null, sentence: after.sentence });
      return after;
    }),
    cancel: os.cancel.handler(({ context }) => {
      agent.updates.cancel();
      context.audit.note({ subject: null, sentence: 'The download of an update was cancelled.' });
      return status();
    }),
    goBack: os.goBack.handler(async ({ context }) => {
      await agent.updates.goBack();
      context.audit.note({ subject: null, sentence: 'The previous version is put back.' });
      return status();
    }),
  });
}

function store(
  { database, agent }: CommandTools,
  { audit }: CommandContext,
  updates: Partial<AutoupdateSettings>,
  sentence: string,
): void {
  audit.commit(
    () => saveAutoupdate(database, updates),
    () => ({ subject: null, sentence }),
  );
  agent.events.changed('autoupdate', null);
  agent.wake();
}

function settingsOf(input: AutoupdateInput, { policy }: AutoupdateStatus): Partial<AutoupdateSettings> {
  const { feed, channel, install, window } = input;
  if (feed !== undefined) refuseDecided(policy.feed, 'where updates come from');
  if (channel !== undefined) refuseDecided(policy.channel, 'the channel');
  if (install !== undefined || window !== undefined)
    refuseDecided(policy.install, 'when updates are installed');
  if (window !== undefined && !windowPattern.test(window))
    throw invalid(`"${window}" is no window of time.`, 'Write it as 02:00-04:30, or any.');
  return {
    ...(feed === undefined ? {} : { feed: feed === 'default' ? null : address(feed) }),
    ...(channel === undefined ? {} : { channel }),
    ...(install === undefined ? {} : { install }),
    ...(window === undefined ? {} : { window }),
  };
}

function address(feed: string): string {
  const url = URL.canParse(feed) ? new URL(feed) : null;
  const isHere = url !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
  if (url !== null && isSafe && url.username === '' && url.password === '') return url.href;
  throw invalid(
    `"${feed}" is not an address that updates can come from.`,
    'Use an address that starts with https:// and has no user name in it.',
  );
}

function refuseDecided(by: string | null, what: string): void {
  if (by === null) return;
  throw new Failure('update.policy', `An administrator decided ${what}, in ${by}.`, {
    hint: 'Ask the administrator of this machine. Nothing was changed.',
  });
}

function wordsOf(input: AutoupdateInput): string {
  return Object.entries(input)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
