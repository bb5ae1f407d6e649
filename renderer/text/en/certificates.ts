import { firstOf } from '#shared/model/first-of.ts';
import { count } from './count.ts';

export const certificates = {
  title: 'Certificates',
  subtitle: 'Obtained through Trustkeep or found on endpoints.',
  one: 'Certificate',
  names: 'Names',
  moreNames: (names: readonly string[]) => `and ${firstOf(names, 2)}`,
  source: 'Source',
  order: (number: number) => `Order ${number}`,
  externalLong: 'External: not obtained through Trustkeep',
  issuer: 'Issuer',
  selfSigned: 'Self-signed',
  expires: 'Expires',
  expired: (date: string) => `expired ${date}`,
  expiredWord: 'Expired',
  until: (date: string) => `until ${date}`,
  key: 'Key',
  usedBy: 'Used by',
  usedByMore: (name: string, more: number) => `${name} and ${more} more`,
  unused: 'Not in use',
  none: 'No certificates yet',
  noneHint: 'Certificates appear when you discover the nodes of an endpoint or request one.',
  toEndpoints: 'Go to endpoints',
  more: 'Details',
  open: 'Open certificate',
  validity: 'Validity',
  begins: 'Valid from',
  ordered: 'Ordered',
  used: 'Used',
  expiry: {
    expired: 'Expired',
    week: 'Within 7 days',
    month: 'Within 30 days',
    later: 'Later',
  },
  renewMany: {
    label: 'Renew',
    title: (number: number) => `Renew ${count(number, 'certificate')}?`,
    text: 'A task begins for each node that uses one. Plans are approved as usual; nothing changes before.',
  },
  range: (from: string, to: string) => `Valid from ${from} to ${to}`,
  facts: 'Certificate',
  subject: 'Subject',
  serial: 'Serial number',
  fingerprint: 'SHA-256 fingerprint',
  keyFingerprint: 'SHA-256 of the public key',
  firstSeen: 'First seen',
  chain: 'chain',
  saveChain: 'Save chain (PEM)',
  copyChain: 'Copy chain',
  revoked: 'Revoked',
};

/** One certificate written to a file. */
export const exporting = {
  open: 'Export…',
  title: (name: string) => `Export the certificate for ${name}`,
  format: 'Format',
  formats: { pem: 'PEM, certificate and chain', chain: 'PEM, chain only', pkcs12: 'P12 (PKCS#12)' },
  hints: {
    pem: 'Without a private key.',
    chain: 'The certificates above this one, without a private key.',
    pkcs12:
      'With the private key, where Trustkeep still has it: of a certificate that was issued and not installed.',
  },
  path: 'File',
  pathHint:
    'A new file on the machine of the agent, by its full path. Only the account of the agent can read it.',
  password: 'Password',
  passwordHint: 'At least 6 characters of printable ASCII.',
  legacy: 'Encrypt in the old way (3DES, SHA-1), for old programs',
  yes: 'Export',
};

/** Revoking one certificate. */
export const revocation = {
  open: 'Revoke…',
  title: (name: string) => `Revoke the certificate for ${name}?`,
  doneTitle: (name: string) => `The certificate for ${name} is revoked`,
  text: 'Clients that check for revocation will refuse it wherever it is served. This cannot be undone.',
  inUse: (nodes: string) => `In use on ${nodes}: renew it there first, unless the key is in the wrong hands.`,
  reason: 'Reason',
  reasonHint: 'Some CAs refuse some of the reasons.',
  reasons: {
    unspecified: 'Unspecified',
    'key-compromise': 'The private key may be known to others',
    'affiliation-changed': 'The organization has changed',
    superseded: 'Replaced by another certificate',
    'cessation-of-operation': 'No longer in use',
  },
  yes: 'Revoke',
  done: (authority: string) => `The CA of ${authority} revoked the certificate.`,
  already: (authority: string) =>
    `The CA of ${authority} says that the certificate had already been revoked.`,
  unused: 'It is not in use on any known node.',
  served: 'Still served',
  notServed: 'Not served',
  next: 'Request another certificate for each node that still serves this one: clients may refuse it there.',
};

export const orders = {
  title: 'Orders',
  number: 'Order',
  authority: 'Authority',
  state: 'State',
  states: {
    placing: 'Placing',
    pending: 'Pending at the authority',
    'waiting-for-approval': 'Waiting for the authority’s approval',
    ready: 'Ready to collect',
    collected: 'Collected',
    refused: 'Refused',
    abandoned: 'Abandoned',
  },
  placed: 'Placed',
  none: 'No orders yet',
  noneHint: 'An order is placed when a certificate is requested or renewed.',
};
