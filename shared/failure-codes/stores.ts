import { codesAbout } from './code.ts';

/** Stores of credentials, and what is read from them. */
export const storesCodes = {
  ...codesAbout('other', {
    'credential-store.bad-secret-id': ['needs-person', 'What is set as the SecretID is not valid.'],
    'credential-store.bad-settings': [
      'needs-person',
      'A setting contains characters that the store does not accept.',
    ],
    'credential-store.bad-token': ['needs-person', 'What is set as the token is not valid.'],
    'credential-store.busy': ['later', 'The rate limit of the store is reached.'],
    'credential-store.closed': ['later', 'The store was closed while it was being read.'],
    'credential-store.default': ['never', 'The default store cannot be removed.'],
    'credential-store.default-fixed': ['never', 'The default store cannot be renamed.'],
    'credential-store.in-test': ['later', 'The store is being tested.'],
    'credential-store.in-use': ['needs-person', 'Endpoints use the store.'],
    'credential-store.login-ends': [
      'needs-person',
      'What the store logs in with ends soon and cannot be renewed.',
    ],
    'credential-store.login-refused': ['needs-person', 'The store refused the login.'],
    'credential-store.name-taken': ['needs-person', 'Another store has this name.'],
    'credential-store.no-certificate': [
      'needs-person',
      'The client certificate for the login is not kept here.',
    ],
    'credential-store.no-password': ['needs-person', 'The password for the login is not kept here.'],
    'credential-store.no-secret': ['needs-person', 'There is no token or SecretID for the login.'],
    'credential-store.not-found': [
      'needs-person',
      'There is no such store, or it no longer exists.',
      'not-there',
    ],
    'credential-store.not-initialized': ['needs-person', 'The store has not been initialized yet.'],
    'credential-store.not-a-wrapping-token': [
      'needs-person',
      'What is set as the wrapping token is not one.',
    ],
    'credential-store.read-only': ['never', 'Trustkeep only reads this store.'],
    'credential-store.redirected': ['needs-person', 'The store is on standby and sends requests elsewhere.'],
    'credential-store.sealed': ['later', 'The store is sealed.'],
    'credential-store.secret-file': ['needs-person', 'The file that contains the SecretID cannot be used.'],
    'credential-store.standby': ['later', 'The store is a standby that serves no secrets.'],
    'credential-store.tls-failed': [
      'needs-person',
      'The TLS connection to a draft of a store failed; nothing was stored.',
    ],
    'credential-store.trouble': ['later', 'The store could not answer.'],
    'credential-store.unavailable': [
      'later',
      'The store, or what stands behind it, cannot answer at the moment.',
    ],
    'credential-store.unexpected-answer': ['needs-person', 'The answer is not one of such a store.'],
    'credential-store.unreachable': [
      'needs-person',
      'A draft of a store could not be reached; nothing was stored.',
    ],
    'credential-store.wrapping-foreign': [
      'needs-person',
      'The wrapping token contains something else than a SecretID; it may have been replaced.',
    ],
    'credential-store.wrapping-used': [
      'needs-person',
      'The wrapping token has already been used or has expired.',
    ],
    'credential-store.wrong-mount': [
      'needs-person',
      'Nothing that credentials can be read from is mounted at the root path.',
    ],
    'credential.ambiguous': ['needs-person', 'The store has more than one account for the credential ID.'],
    'credential.bad-id': ['needs-person', 'The credential ID is not one that the store understands.'],
    'credential.change-in-process': ['later', 'The password is being changed right now.'],
    'credential.checked-out': ['later', 'Someone else has checked the credential out.'],
    'credential.deleted': ['needs-person', 'The credential has been deleted in the store.'],
    'credential.denied': ['needs-person', 'The login of the store is not allowed to read the credential.'],
    'credential.exists': ['needs-person', 'The store already has a credential with this ID.'],
    'credential.in-use': ['needs-person', 'Endpoints use the credential.'],
    'credential.no-password': [
      'needs-person',
      'The credential has no password, which is what is read of it.',
    ],
    'credential.no-user-name': ['needs-person', 'Neither the credential nor the endpoint has a user name.'],
    'credential.not-found': ['needs-person', 'The store has no such credential.', 'not-there'],
    'credential.not-read': [
      'needs-person',
      'The credential of a draft of an endpoint could not be read; nothing was stored.',
    ],
    'credential.restricted': ['needs-person', 'The store requires something before it shows the credential.'],
    'credential.reveal-not-here': ['never', 'Secrets are shown on the command line only.'],
    'credential.unusable': ['needs-person', 'The credential has neither a password nor a private key.'],
  }),
};
