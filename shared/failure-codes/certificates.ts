import { codesAbout } from './code.ts';

/** Certificates, requests and keys as such. */
export const certificatesCodes = {
  ...codesAbout('other', {
    'certificate.chain-too-long': ['never', 'The chain has too many certificates.'],
    'certificate.key-mismatch': [
      'needs-person',
      'The certificate and the private key do not belong together.',
    ],
    'certificate.no-chain': ['needs-person', 'No chain is known for the certificate.'],
    'certificate.not-exported': ['needs-person', 'The file of an export could not be written.'],
    'certificate.lost': ['never', 'The new certificate of a task no longer exists.'],
    'certificate.not-found': ['needs-person', 'There is no such certificate.', 'not-there'],
    'certificate.not-confirmed': [
      'needs-person',
      'The fingerprint of the certificate to be revoked was not given, or is that of another one.',
      'wrong-call',
    ],
    'certificate.not-ordered-here': [
      'needs-person',
      'The certificate was not ordered by Trustkeep, so no account here can revoke it.',
    ],
    'certificate.other-stored': [
      'needs-person',
      'What is stored as a certificate that is to be revoked is another one, so nothing was revoked.',
    ],
    'certificate.unreadable': ['needs-person', 'The certificate cannot be read.'],
    'csr.signature-wrong': ['needs-person', 'The certificate request is not signed with its own key.'],
    'csr.unreadable': ['needs-person', 'The certificate request cannot be read.'],
    'der.unreadable': ['never', 'The data is not valid DER.'],
    'group.failed': [
      'never',
      'A certificate was for several nodes, all or none, and could not be installed on one of them.',
    ],
    'group.unfit': ['needs-person', 'These nodes cannot have one certificate together.', 'wrong-call'],
    'issued.gone': [
      'never',
      'A certificate that was issued before and was to be installed is no longer there, or its private key is not.',
    ],
    'key.lost': ['never', 'The private key generated for a request no longer exists.'],
    'key.not-made': ['needs-person', 'No key could be generated.'],
    'key.type-wrong': ['needs-person', 'The key is of another type than was asked for.'],
    'key.unreadable': ['needs-person', 'The key cannot be read.'],
    'material.unfit': ['never', 'What the authority issued cannot be installed.'],
    'names.invalid': [
      'needs-person',
      'A name is not one that a certificate could be issued for.',
      'wrong-call',
    ],
    'names.missing': ['needs-person', 'There is no name to issue a certificate for.'],
    'pem.unreadable': ['needs-person', 'The PEM text cannot be read.'],
    'renewal.not-managed': [
      'needs-person',
      'The certificate was not obtained through Trustkeep, so it cannot be renewed.',
    ],
  }),
};
