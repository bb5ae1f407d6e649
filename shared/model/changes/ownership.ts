import { z } from 'zod';

/**
 * Whose a file is and who may use it, as its system tells it. What is null was not read: it is not compared, and
 * nothing is claimed about it.
 */
export const ownership = z.discriminatedUnion('system', [
  z.object({
    system: z.literal('posix'),
    owner: z.string(),
    group: z.string(),
    /** Permission bits, e.g. 0o640. */
    mode: z.number().int(),
    /** Access control list beyond the mode, as `getfacl` writes it, by commas; empty: there is none. */
    acl: z.string().nullable(),
    /** Extended attributes, each with a part of the hash of its value; empty: there are none. */
    attributes: z.string().nullable(),
    /** Label of mandatory access control (SELinux). */
    label: z.string().nullable(),
  }),
  z.object({
    system: z.literal('windows'),
    owner: z.string().nullable(),
    /** Security descriptor in SDDL. */
    acl: z.string().nullable(),
    attributes: z.string().nullable(),
  }),
]);
export type Ownership = z.infer<typeof ownership>;

/** Owner, group and mode, and nothing else read. */
export function posix(owner: string, group: string, mode: number): Extract<Ownership, { system: 'posix' }> {
  return { system: 'posix', owner, group, mode, acl: null, attributes: null, label: null };
}

/** `0640` */
export const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** `root:ssl-cert` */
export function ownerText(one: Ownership): string {
  return one.system === 'posix' ? `${one.owner}:${one.group}` : (one.owner ?? 'not read');
}

/** `0640`, with what else was read behind it. */
export function rightsText(one: Ownership): string {
  const more = [...named('ACL', one.acl), ...named('attributes', one.attributes)];
  if (one.system === 'windows') return more.join(', ') || 'not read';
  return [octal(one.mode), ...more, ...named('label', one.label)].join(', ');
}

const named = (name: string, value: string | null): string[] => (value ? [`${name} ${value}`] : []);

/** What is different, for people; empty when nothing is. What `before` does not know is not compared. */
export function ownershipDifferences(path: string, before: Ownership, now: Ownership): string[] {
  const found: string[] = [];
  if (before.system !== now.system) return [`${path} now lies on another system (${now.system})`];
  if (ownerText(now) !== ownerText(before) && before.owner !== null)
    found.push(`${path} now belongs to ${ownerText(now)} instead of ${ownerText(before)}`);
  if (before.system === 'posix' && now.system === 'posix' && now.mode !== before.mode)
    found.push(`${path} now has mode ${octal(now.mode)} instead of ${octal(before.mode)}`);
  for (const [what, then, today] of partsOf(before, now))
    if (then !== null && then !== today)
      found.push(
        `${path} now has ${what} ${today === null ? 'unread' : today || 'none'} instead of ${then || 'none'}`,
      );
  return found;
}

function partsOf(before: Ownership, now: Ownership): [string, string | null, string | null][] {
  const label = (one: Ownership): string | null => (one.system === 'posix' ? one.label : null);
  return [
    ['the ACL', before.acl, now.acl],
    ['the attributes', before.attributes, now.attributes],
    ['the label', label(before), label(now)],
  ];
}
