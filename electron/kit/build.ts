/** Set when building: whether the programs of this build carry a signature of the operating system. */
declare const __SIGNED__: 'yes' | 'no' | undefined;

/** `checkout`: the sources as they are, built by no one for others. */
type BuildKind = 'signed' | 'not-signed' | 'checkout';

const signed = typeof __SIGNED__ === 'undefined' ? undefined : __SIGNED__;

export const buildKind: BuildKind =
  signed === undefined ? 'checkout' : signed === 'yes' ? 'signed' : 'not-signed';
