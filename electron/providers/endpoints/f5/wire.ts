import { z } from 'zod';

/** What iControl REST answers, as far as it is used. The product leaves out what has no value, and lists that are empty. */
const text = z.string();
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
/** `none` is how the product writes that there is nothing. */
const optional = z
  .string()
  .optional()
  .transform((value) => (value === undefined || value === 'none' || value === '' ? null : value));

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item).default([]) }).transform(({ items }) => items);

const chainEntry = z.object({
  name: text,
  cert: optional,
  key: optional,
  chain: optional,
  passphrase: optional,
  ocspStaplingParams: optional,
  /** `SERVER`; `CA`: signs what a forward proxy shows. */
  usage: optional,
});
export type ChainEntry = z.infer<typeof chainEntry>;

export const clientSslProfile = z.object({
  name: text,
  fullPath: text,
  defaultsFrom: optional,
  inheritCertkeychain: flag.default(false),
  serverName: optional,
  sniDefault: flag.default(false),
  appService: optional,
  certKeyChain: z.array(chainEntry).default([]),
});
export type ClientSslProfile = z.infer<typeof clientSslProfile>;

export const serverSslProfile = z.object({
  name: text,
  fullPath: text,
  defaultsFrom: optional,
  appService: optional,
  cert: optional,
  key: optional,
  chain: optional,
  passphrase: optional,
});
export type ServerSslProfile = z.infer<typeof serverSslProfile>;

export const certificateObject = z.object({
  fullPath: text,
  /** `SHA256/AB:CD:…`; hex here. */
  fingerprint: z
    .string()
    .optional()
    .transform(
      (value) =>
        /^SHA256\/([0-9A-F:]{95})$/i
          .exec(value ?? '')?.[1]
          ?.replaceAll(':', '')
          .toLowerCase() ?? null,
    ),
  /** `rsa-public`, `ec-public`. */
  keyType: optional,
});
export type CertificateObject = z.infer<typeof certificateObject>;

export const keyObject = z.object({
  fullPath: text,
  /** `SHA1:1704:ab…`: size and hash of the file. */
  checksum: optional,
  /** `normal`; `fips`, `nethsm`: it never leaves a security module. */
  securityType: optional,
});
export type KeyObject = z.infer<typeof keyObject>;

export const virtualServer = z.object({
  fullPath: text,
  destination: text,
  disabled: flag.default(false),
  profilesReference: z
    .object({ items: z.array(z.object({ fullPath: text, context: optional })).default([]) })
    .default({ items: [] }),
});

export const device = z.object({
  name: text,
  managementIp: optional,
  failoverState: optional,
  selfDevice: flag.default(false),
});

export const deviceGroup = z.object({
  fullPath: text,
  type: optional,
  autoSync: optional,
  devicesReference: z.object({ items: z.array(z.object({ name: text })).default([]) }).default({ items: [] }),
});

/** Statistics come as one entry under a link. */
const stats = z.object({
  entries: z.record(
    text,
    z.object({
      nestedStats: z.object({ entries: z.record(text, z.unknown()) }),
    }),
  ),
});
const described = z.object({ description: text });

/** One value of the first entry; null: it is not there. */
export function statOf(body: unknown, name: string): string | null {
  const parsed = stats.safeParse(body);
  if (!parsed.success) return null;
  const [first] = Object.values(parsed.data.entries);
  const value = described.safeParse(first?.nestedStats.entries[name]);
  return value.success ? value.data.description : null;
}

export const account = z.object({
  partitionAccess: z.array(z.object({ name: text, role: text })).default([]),
});
export const commandOutput = z.object({ commandResult: z.string().default('') });
