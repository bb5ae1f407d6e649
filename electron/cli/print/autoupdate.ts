import type { AutoupdateStatus } from '#shared/model/update.ts';
import { type Paper, pairs } from '../table.ts';
import { dated } from '../when.ts';

export function autoupdatePage(status: AutoupdateStatus, { now }: Paper): string[] {
  const { offered, previous, policy, settings } = status;
  return [
    status.sentence,
    '',
    ...pairs([
      ['Autoupdate', status.enabled ? 'on' : `off${offReason(status)}`],
      ['State', stateWord(status)],
      ['Version', `${status.version} (${status.package})`],
      ['Offered', offered === null ? null : `${offered.version}, ${megabytes(offered.size)}`],
      [
        'Install',
        `${settings.install}${settings.install === 'automatic' ? `, ${settings.window}` : ''}${decided(policy.install)}`,
      ],
      ['Channel', `${settings.channel}${decided(policy.channel)}`],
      ['Feed', `${status.feed ?? 'none'}${decided(policy.feed)}`],
      [
        'Last check',
        status.lastCheckAt === null
          ? 'never'
          : `${dated(status.lastCheckAt, now)}${status.byHand ? ', by hand' : ''}`,
      ],
      ['Result', status.lastResult],
      ['Next check', status.nextCheckAt === null ? null : dated(status.nextCheckAt, now)],
      ['Previous', previous?.version ?? null],
    ]),
    ...(offered?.notes
      ? ['', 'Release notes:', ...offered.notes.split('\n').map((line) => `  ${line}`)]
      : []),
    ...(status.commands.length > 0
      ? ['', 'To update, run:', ...status.commands.map((line) => `  ${line}`)]
      : []),
  ];
}

function stateWord({ state, progress }: AutoupdateStatus): string {
  return progress === null ? state : `${state}, ${progress.percent} %`;
}

function offReason({ disabledBy, policy }: AutoupdateStatus): string {
  switch (disabledBy) {
    case 'policy':
      return `, by policy${policy.enabled === null ? '' : ` (${policy.enabled})`}`;
    case 'package':
      return ', by the kind of package';
    case 'feed':
      return ', because no feed is set';
    default:
      return '';
  }
}

const decided = (by: string | null): string => (by === null ? '' : ` (decided in ${by})`);

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
