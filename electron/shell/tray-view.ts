import type { HealthLevel } from '#shared/model/overview.ts';

export interface TrayFacts {
  level: HealthLevel;
  sentence: string;
  approvalsPending: number;
  unreadNotifications: number;
}

export const startingFacts: TrayFacts = {
  level: 'unknown',
  sentence: 'Trustkeep is starting.',
  approvalsPending: 0,
  unreadNotifications: 0,
};

export interface TrayLine {
  id: 'open' | 'level' | 'approvals' | 'notifications' | 'autostart' | 'quit' | 'separator';
  label: string;
  /** Only for lines that can be ticked. */
  checked?: boolean;
}

const words: Record<HealthLevel, string> = {
  ok: 'OK',
  attention: 'Needs attention',
  danger: 'Action required',
  unknown: 'Unknown',
};

const longestTooltip = 99;

/** What the tray shows; the level is also said in words, never by colour alone. */
export function trayView(facts: TrayFacts, startsAtLogin: boolean): { tooltip: string; lines: TrayLine[] } {
  const lines: TrayLine[] = [
    { id: 'open', label: 'Open Trustkeep' },
    { id: 'separator', label: '' },
    { id: 'level', label: cut(`${words[facts.level]}: ${facts.sentence}`, longestTooltip) },
    {
      id: 'approvals',
      label: count(facts.approvalsPending, 'plan to approve', 'plans to approve'),
    },
  ];
  if (facts.unreadNotifications > 0) {
    const label = count(facts.unreadNotifications, 'unread notification', 'unread notifications');
    lines.push({ id: 'notifications', label });
  }
  lines.push(
    { id: 'separator', label: '' },
    { id: 'autostart', label: 'Start at login', checked: startsAtLogin },
  );
  lines.push({ id: 'quit', label: 'Quit' });
  return { tooltip: cut(facts.sentence, longestTooltip), lines };
}

function count(number: number, one: string, many: string): string {
  return number === 0 ? `No ${many}` : `${number} ${number === 1 ? one : many}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
