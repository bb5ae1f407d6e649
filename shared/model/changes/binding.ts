import { z } from 'zod';
import type { ChangeKind } from './change-kind.ts';

/** What a binding shows. */
const bindingState = z.object({
  /** Thumbprint (SHA-1, hex, upper case) of the certificate; null: none, or known later. */
  thumbprint: z.string().nullable(),
  /** Where the server looks for that certificate: `My`, `WebHosting`. */
  certificateStore: z.string(),
  /** Bits the server keeps with the binding; those not known here stay as they are. */
  flags: z.number().int(),
});
/** @internal */
export type BindingState = z.infer<typeof bindingState>;

/** The attachment of a certificate to an address, a port and a host name. */
export const bindingChange = z.object({
  kind: z.literal('binding'),
  site: z.string(),
  /** As the server writes it: `*:443:shop.example`. */
  at: z.string(),
  /** Null: the binding does not exist yet. */
  before: bindingState.nullable(),
  /** The thumbprint is known later. */
  after: bindingState,
});
export type BindingChange = z.infer<typeof bindingChange>;

/** How a binding was; null: it was not there. */
export const keptBinding = z.object({
  kind: z.literal('binding'),
  site: z.string(),
  at: z.string(),
  before: bindingState.nullable(),
});

export const binding: ChangeKind<BindingChange, BindingState> = {
  name: 'binding',
  drawnAs: 'states',
  schema: bindingChange,
  heading: 'Bindings',
  noun: { one: 'binding', many: 'bindings' },
  none: null,
  columns: ['Certificate (thumbprint)', 'Certificate store', 'Flags'],
  promise:
    'Each binding must still be as it was read. How it was is kept, and undoing sets it back; the previous certificate stays where it is.',
  place: ({ site, at }) => `${site} ${at}`,
  draw: ({ site, at, before, after }) => ({
    as: 'states',
    place: `${site}, ${at}`,
    about: 'binding',
    before: before === null ? null : cells(before),
    after: cells(after),
  }),
  sentence: ({ before }) =>
    before === null ? 'A new binding; undoing removes it.' : 'Shows the new certificate from then on.',
  later: {
    isLater: () => true,
    value: ({ after }) => after.thumbprint,
    with: (change, thumbprint) => ({ ...change, after: { ...change.after, thumbprint } }),
  },
  leaves: ({ before, after }) =>
    before === null || after.thumbprint === null ? null : { before: asText(before), after: asText(after) },
  drift: ({ site, at, before }, now) => bindingDifferences(`${site} ${at}`, before, now),
};

/** What is different between an expected and the present binding, for people; empty when nothing is. @internal */
export function bindingDifferences(
  place: string,
  before: BindingState | null,
  now: BindingState | null,
): string[] {
  if (before === null) return now === null ? [] : [`the binding ${place} is new`];
  if (now === null) return [`the binding ${place} is missing`];
  const parts = [
    ['certificate', before.thumbprint, now.thumbprint],
    ['certificate store', before.certificateStore, now.certificateStore],
    ['flags', before.flags, now.flags],
  ] as const;
  return parts.flatMap(([what, then, today]) =>
    then === today
      ? []
      : [`the binding ${place} now has ${what} ${today ?? 'none'} instead of ${then ?? 'none'}`],
  );
}

const asText = ({ thumbprint, certificateStore, flags }: BindingState): string =>
  JSON.stringify([thumbprint, certificateStore, flags]);

const cells = ({ thumbprint, certificateStore, flags }: BindingState) => [
  { hash: thumbprint, note: null },
  { text: certificateStore },
  { text: String(flags) },
];
