import { z } from 'zod';

/** What a task can be about. A new kind of thing is one more word here; what drives tasks never asks which it is. */
const subjectKind = z.enum([
  'endpoint',
  'node',
  'node-group',
  'range',
  'account',
  'credential-store',
  'server',
  'update',
]);
type SubjectKind = z.infer<typeof subjectKind>;

const named = z.object({
  kind: subjectKind,
  id: z.string(),
  /** As it was called when the task was made: history outlives what it is about. */
  name: z.string(),
});

/** What a task is about, and what that is a part of: a node is within its endpoint. One task at a time works within one thing. */
export const subject = named.extend({ within: named.nullable() });
export type Subject = z.infer<typeof subject>;

/** `web/shop.example`, or the name alone where it is no part of anything. */
export function placeOf({ name, within }: Subject, between = '/'): string {
  return within === null ? name : `${within.name}${between}${name}`;
}

/** The id of the subject, when it is of this kind. */
export function idOf(subject: Subject, kind: SubjectKind): string | null {
  if (subject.kind === kind) return subject.id;
  return subject.within?.kind === kind ? subject.within.id : null;
}

/** The id of what only one task at a time may work on. */
export function groundOf({ id, within }: Subject): string {
  return within?.id ?? id;
}
