import type { EmailSettings } from '#shared/catalog/channels/email.ts';
import { wholeTrust } from '../../../net/tls-trust.ts';
import type { ChannelParts, ChannelProvider } from '../channel.ts';
import { mailFailure } from './failures.ts';
import { letterOf } from './letter.ts';

const waits = {
  connectionTimeout: 15_000,
  greetingTimeout: 15_000,
  socketTimeout: 30_000,
  dnsTimeout: 10_000,
};

/** Sends each message as one email. The connection is made for it and closed with it. */
export const email: ChannelProvider<EmailSettings> = {
  make: (parts) => ({
    async send(message, signal) {
      const { host, port, from, to } = parts.settings;
      const { createTransport } = await import('nodemailer'); // most agents never send one
      const transport = createTransport(optionsOf(parts));
      const letter = { ...letterOf(message), from, to: [...to] };
      try {
        const { response } = await unlessAborted(transport.sendMail(letter), signal);
        return `${host} answered: ${response}`;
      } catch (thrown) {
        if (signal?.aborted) throw signal.reason;
        throw mailFailure(thrown, `${host}:${port}`);
      } finally {
        transport.close();
      }
    },
  }),
};

function optionsOf({ settings, secret }: ChannelParts<EmailSettings>) {
  const { host, port, security, user, trustedRootsPem } = settings;
  return {
    ...{ host, port, ...waits },
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { secureContext: wholeTrust(trustedRootsPem), minVersion: 'TLSv1.2' as const },
    ...(user === null ? {} : { auth: { user, pass: textOf(secret('password')) } }),
    // text alone is sent: nothing of it is to be read from a file or fetched
    ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
  };
}

/** The library takes nothing but a string. */
function textOf(secret: ReturnType<ChannelParts['secret']>): string {
  const text = secret?.text() ?? '';
  secret?.wipe();
  return text;
}

/** The library has no signal: what it does further is of no interest, and its waits end it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => {});
  }
}
