import type { BeforeTls } from '#shared/model/node.ts';
import type { Listen } from './listen.ts';

/** What a mail server speaks before TLS, where it does. */
export type MailProtocol = NonNullable<BeforeTls['startTls']>;

/** As `protocol` says, else by the port; nginx refuses a mail server of which neither tells it. */
export function mailProtocol(named: string | undefined, listens: readonly Listen[]): MailProtocol | null {
  const known = (['imap', 'pop3', 'smtp'] as const).find((one) => one === named);
  return (
    known ?? listens.map(({ port }) => usualProtocols.get(port)).find((one) => one !== undefined) ?? null
  );
}

const usualProtocols = new Map<number, MailProtocol>([
  ...[143, 993].map((port) => [port, 'imap'] as const),
  ...[110, 995].map((port) => [port, 'pop3'] as const),
  ...[25, 465, 587].map((port) => [port, 'smtp'] as const),
]);
