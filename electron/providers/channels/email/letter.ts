import { harmless } from '#shared/failure.ts';
import type { Message } from '../channel.ts';

const longestSubject = 150;

/** A message as a letter of plain text. */
export function letterOf({ machine, test, notifications, at }: Message) {
  const [first] = notifications;
  const more = notifications.length - 1;
  const title = `${first?.title ?? ''}${more > 0 ? ` (and ${more} more)` : ''}`;
  const told = notifications.map(
    ({ title, sentence, at: when }) => `${title}\n${sentence}\n${new Date(when).toISOString()}`,
  );
  return {
    subject: harmless(`[Trustkeep] ${title}`, longestSubject).replaceAll('\n', ' '),
    text: `${told.map((one) => harmless(one)).join('\n\n')}\n\n-- \n${test ? 'A test of' : 'Sent by'} Trustkeep on ${machine}.\n`,
    date: new Date(at),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}
