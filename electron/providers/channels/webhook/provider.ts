import { createHmac } from 'node:crypto';
import type { WebhookSettings } from '#shared/catalog/channels/webhook.ts';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { ChannelProvider, Message } from '../channel.ts';

const timeoutMs = 30_000;
const mostBytes = 64 * 1024;

/** Sends each message as a JSON document that is signed. The address may hold a key of its own: only its host is told. */
export const webhook: ChannelProvider<WebhookSettings> = {
  make: ({ settings, secret, http }) => ({
    async send(message, signal) {
      const body = JSON.stringify(documentOf(message));
      const { status } = await http().request({
        method: 'POST',
        url: settings.url,
        headers: {
          'content-type': 'application/json',
          'trustkeep-delivery': message.id,
          'trustkeep-signature': signed(secret('signing-secret'), Math.floor(message.at / 1000), body),
        },
        body,
        trustedRootsPem: settings.trustedRootsPem,
        timeoutMs,
        signal,
        maxBytes: mostBytes,
      });
      const { host } = new URL(settings.url);
      if (status >= 200 && status < 300) return `${host} answered ${status}.`;
      throw refusal(host, status);
    },
  }),
};

function documentOf({ id, test, machine, at, notifications }: Message) {
  return {
    source: 'trustkeep',
    delivery: id,
    test,
    machine,
    sentAt: at,
    notifications: notifications.map(({ readAt: _read, ...told }) => told),
  };
}

/**
 * `t=SECONDS,v1=HEX`: HMAC-SHA256 over the time, a full stop and the body as it is sent. With the time in it, who heard a request
 * cannot send it again later.
 */
function signed(secret: Secret | null, seconds: number, body: string): string {
  if (secret === null)
    throw new Failure('webhook.refused', 'The signing secret of the webhook is missing.', {
      hint: 'Give it again: trustkeep channels update NAME --secret-prompt',
    });
  const digest = createHmac('sha256', secret.bytes()).update(`${seconds}.${body}`).digest('hex');
  secret.wipe();
  return `t=${seconds},v1=${digest}`;
}

/** 408, 425 and 429 ask for another try, as does whatever is a fault of the server. */
function refusal(host: string, status: number): Failure {
  const again = status >= 500 || [408, 425, 429].includes(status);
  return new Failure(again ? 'webhook.unavailable' : 'webhook.refused', `${host} answered ${status}.`, {
    hint: again
      ? 'Trustkeep will try again automatically.'
      : status >= 300 && status < 400
        ? 'Enter the address that it redirects to: a signed request is not sent anywhere else.'
        : 'Check the address and the signing secret, and what the receiver accepts.',
  });
}
