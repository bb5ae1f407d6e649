import { z } from 'zod';
import type { Flat } from '../field.ts';
import { text, trustedRoots } from '../flat.ts';
import { channelName, channelRoots } from './common.ts';
import { defineChannel } from './definition.ts';

const settings = z.object({
  kind: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }),
  /** Certificates (PEM) trusted for this server, beside the system's. */
  trustedRootsPem: z.string().nullable(),
});
export type WebhookSettings = z.infer<typeof settings>;

export const webhook = defineChannel({
  id: 'webhook',
  label: 'Webhook',
  short: 'Webhook',
  help: 'A signed POST request to an http or https address, through the outbound connection.',
  examples: ['--name chat --url https://hooks.example.org/trustkeep --secret-prompt'],
  fields: [
    channelName,
    {
      name: 'url',
      label: 'URL',
      help: 'Address that takes the requests, http or https. What is sent over http can be read on the way.',
      kind: 'text',
      required: true,
      min: 8,
      max: 2048,
      address: true,
    },
    {
      name: 'secret',
      label: 'Signing secret',
      help: 'Secret that requests are signed with (HMAC-SHA256), at least 16 characters. The receiver checks the signature with it.',
      kind: 'secret',
      min: 16,
      max: 1024,
    },
    channelRoots,
  ],
  settings,
  toFlat: ({ url, trustedRootsPem }) => ({ url, trusted_roots: trustedRootsPem ?? undefined }),
  fromFlat: (flat: Flat) => ({
    kind: 'webhook',
    url: text(flat, 'url') ?? '',
    trustedRootsPem: trustedRoots(text(flat, 'trusted_roots')),
  }),
  place: ({ url }) => url.replace(/[?#].*$/, ''),
  seals: { secret: 'signing-secret' },
  boundTo: [], // it signs, and is never sent
  needs: ['secret'],
});
