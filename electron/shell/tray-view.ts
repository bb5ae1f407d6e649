import type { HealthLevel } from '#shared/model/overview.ts';

export interface TrayFacts {
  /** What a person called the agent; null: it has no name. */
  name: string | null;
  level: HealthLevel;
  sentence: string;
  /** The sentence, short enough for a tooltip. */
  tooltip: string;
  /** Plans that wait for a decision, and what else is unread and asks for a person. */
  actionRequired: number;
  unreadNotifications: number;
  /** Epoch milliseconds; null: the agent works. */
  pausedUntil: number | null;
  /** This build can update itself. */
  updates: boolean;
}

export const startingFacts: TrayFacts = {
  name: null,
  level: 'unknown',
  sentence: 'Trustkeep is starting.',
  tooltip: 'Trustkeep is starting.',
  actionRequired: 0,
  unreadNotifications: 0,
  pausedUntil: null,
  updates: false,
};

type TrayChoice =
  | 'open'
  | 'level'
  | 'action-required'
  | 'notifications'
  | 'pause-hour'
  | 'pause-tomorrow'
  | 'resume'
  | 'updates'
  | 'autostart'
  | 'quit';

export interface TrayLine {
  id: TrayChoice | 'separator';
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

const longestLine = 99;
const longestTooltip = 63;
/** Of the agent's name: what is wrong must be read behind it. */
const longestName = 20;
const separator: TrayLine = { id: 'separator', label: '' };

interface TrayView {
  /** One sentence, less than 64 characters: longer ones are cut on some Windows. */
  tooltip: string;
  lines: TrayLine[];
}

/** What the tray shows; the level is also said in words, never by colour alone. */
export function trayView(facts: TrayFacts, startsAtLogin: boolean, now: number): TrayView {
  const { name, level, sentence, actionRequired, unreadNotifications, updates } = facts;
  const lines: TrayLine[] = [
    { id: 'open', label: name === null ? 'Open Trustkeep' : `Open Trustkeep (${name})` },
    separator,
    { id: 'level', label: cut(`${words[level]}: ${sentence}`, longestLine) },
    { id: 'action-required', label: `Waiting for you (${actionRequired})` },
  ];
  if (unreadNotifications > 0)
    lines.push({ id: 'notifications', label: count(unreadNotifications, 'unread notification') });
  lines.push(separator, ...pauseLines(facts, now), separator);
  if (updates) lines.push({ id: 'updates', label: 'Check for updates' });
  lines.push({ id: 'autostart', label: 'Start at login', checked: startsAtLogin });
  lines.push({ id: 'quit', label: 'Quit' });
  return { tooltip: tooltipOf(facts, now), lines };
}

function pauseLines({ pausedUntil }: TrayFacts, now: number): TrayLine[] {
  if (pausedUntil !== null)
    return [{ id: 'resume', label: `Resume (paused until ${clockTime(pausedUntil, now)})` }];
  return [
    { id: 'pause-hour', label: 'Pause for 1 hour' },
    { id: 'pause-tomorrow', label: 'Pause until tomorrow' },
  ];
}

/** Behind the agent's name, for who has several. */
function tooltipOf(facts: TrayFacts, now: number): string {
  const said = stateOf(facts, now);
  if (facts.name === null) return said;
  const named = `${cut(facts.name, longestName)}: ${said}`;
  return cut(named, longestTooltip);
}

function stateOf({ level, tooltip, pausedUntil }: TrayFacts, now: number): string {
  if (pausedUntil === null) return tooltip;
  const well = level === 'ok' || level === 'unknown' ? '' : ` ${words[level]}.`;
  return `Paused until ${clockTime(pausedUntil, now)}.${well}`;
}

/** `14:30`, or with the day where that is another one, by the time zone of this machine. */
function clockTime(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = `${then.getHours()}:${String(then.getMinutes()).padStart(2, '0')}`;
  if (then.toDateString() === today.toDateString()) return time;
  return `${then.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })}, ${time}`;
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
