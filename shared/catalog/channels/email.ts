import { z } from 'zod';
import type { Flat } from '../field.ts';
import { invalid, lines, number, text, trustedRoots } from '../flat.ts';
import { channelName, channelRoots } from './common.ts';
import { defineChannel } from './definition.ts';

const security = ['starttls', 'tls', 'none'] as const;

const settings = z.object({
  kind: z.literal('email'),
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65535),
  /** `starttls`: refused where the server does not offer it; `tls`: from the first byte; `none`: in clear, without a login. */
  security: z.enum(security),
  from: z.string().min(3).max(320),
  to: z.array(z.string().min(3).max(320)).min(1).max(50),
  /** Null: the server asks for no login. The password is sealed apart. */
  user: z.string().min(1).max(255).nullable(),
  /** Certificates (PEM) trusted for this server, beside the system's. */
  trustedRootsPem: z.string().nullable(),
});
export type EmailSettings = z.infer<typeof settings>;

export const email = defineChannel({
  id: 'email',
  label: 'Email',
  short: 'Email',
  help: 'Email through an SMTP server, with STARTTLS or TLS.',
  examples: [
    '--name ops --host mail.example.org --from trustkeep@example.org --to ops@example.org --user trustkeep --password-prompt',
  ],
  fields: [
    channelName,
    {
      name: 'host',
      label: 'Host',
      help: 'Host name of the mail server. It is reached directly, not through the proxy.',
      kind: 'text',
      required: true,
      max: 255,
    },
    {
      name: 'port',
      label: 'Port',
      help: 'Port of the mail server, 1 to 65535. Default: 587, with tls 465, with none 25.',
      hint: 'Default: 587 with STARTTLS, 465 with TLS, 25 without.',
      kind: 'number',
      min: 1,
      max: 65535,
    },
    {
      name: 'security',
      label: 'Security',
      help: 'starttls: the connection is refused unless the server offers STARTTLS. tls: TLS from the start. none: not encrypted, and only without a login.',
      hint: 'Without encryption no login is possible.',
      kind: 'choice',
      choices: security,
      labels: { starttls: 'STARTTLS', tls: 'TLS from the start', none: 'Not encrypted' },
      default: 'starttls',
    },
    {
      name: 'from',
      label: 'From',
      help: 'Address of the sender.',
      kind: 'text',
      required: true,
      min: 3,
      max: 320,
    },
    { name: 'to', label: 'To', help: 'Addresses of the recipients, 1 to 50.', kind: 'lines', required: true },
    {
      name: 'user',
      label: 'User',
      help: 'User name, if the server requires a login.',
      kind: 'text',
      max: 255,
    },
    {
      name: 'password',
      label: 'Password',
      help: 'Password of the user.',
      kind: 'secret',
      max: 4096,
      with: 'user',
    },
    channelRoots,
  ],
  settings,
  toFlat: ({ host, port, security, from, to, user, trustedRootsPem }) => ({
    ...{ host, port, security, from, to },
    user: user ?? undefined,
    trusted_roots: trustedRootsPem ?? undefined,
  }),
  fromFlat,
  place: ({ to: [first = '', ...more], host, port }) =>
    `${first}${more.length === 0 ? '' : ` and ${more.length} more`} by ${host}:${port}`,
  seals: { password: 'password' },
  boundTo: ['host', 'user'],
  needs: [],
});

const usualPorts: Record<EmailSettings['security'], number> = { starttls: 587, tls: 465, none: 25 };

function fromFlat(flat: Flat): EmailSettings {
  const chosen = security.find((one) => one === flat.security) ?? 'starttls';
  const user = text(flat, 'user');
  if (chosen === 'none' && user !== null)
    throw invalid(
      'A login is not sent over a connection that is not encrypted.',
      'Choose starttls or tls, or leave user and password out.',
    );
  const to = lines(flat, 'to').flatMap((line) => line.split(',').map((one) => one.trim()));
  return {
    kind: 'email',
    host: text(flat, 'host') ?? '',
    port: number(flat, 'port', usualPorts[chosen]),
    security: chosen,
    from: address('From', text(flat, 'from') ?? ''),
    to: to.map((one) => address('To', one)),
    user,
    trustedRootsPem: trustedRoots(text(flat, 'trusted_roots')),
  };
}

/** One bare address: it goes into the envelope and into a header, and is to be nothing else there. */
function address(label: string, given: string): string {
  if (/^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/.test(given)) return given;
  throw invalid(`${label} must be an email address, not "${given}".`, 'For example ops@example.org.');
}
