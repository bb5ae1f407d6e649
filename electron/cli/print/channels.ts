import type { ChannelRow } from '#shared/contract/channels.ts';
import { type ChannelReport, channelDefinition } from '#shared/model/channel.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';

export function channelTable(channels: readonly ChannelRow[], paper: Paper): string[] {
  if (channels.length === 0) return ['There are no channels. Notifications stay on this machine.'];
  return table(
    channels,
    [
      { head: 'name', value: ({ name }) => name, whole: true },
      { head: 'kind', value: ({ kind }) => kind },
      { head: 'where', value: (row) => channelDefinition(row).place(row.settings) },
      { head: 'waiting', value: ({ waiting }) => String(waiting), right: true },
      { head: 'state', value: ({ report }) => stateOf(report, paper.now) },
      { head: 'id', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

function stateOf(report: ChannelReport | null, now: number): string {
  if (report === null) return 'nothing was sent yet';
  return report.ok ? `delivered ${when(report.at, now)}` : `failing since ${when(report.failingSince, now)}`;
}

export function channelPage(channel: ChannelRow, { now }: Paper): string[] {
  const { facts } = channelDefinition(channel);
  return pairs([
    ['Name', channel.name],
    ['ID', channel.id],
    ['Kind', channel.kind],
    ...facts(channel.settings).map(({ label, value, none }) => [label, value ?? none] as const),
    ['Waiting', String(channel.waiting)],
    ['State', stateOf(channel.report, now)],
    ['', channel.report?.sentence ?? ''],
    ['', channel.report?.failure?.hint ?? ''],
    ['Added', dated(channel.createdAt, now)],
  ]);
}

export function channelReportPage({ ok, sentence, failure }: ChannelReport): string[] {
  return [
    ok ? 'The test notification was delivered.' : 'The test notification was not delivered.',
    sentence,
    ...(failure?.hint === undefined ? [] : [failure.hint]),
    ...(failure?.peerSaid === undefined ? [] : [`The server said: ${failure.peerSaid}`]),
  ];
}
