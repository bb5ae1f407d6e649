/** What does not come from the product, word for word: other programs, CAs and people. */

/** In an ACME directory. */
export const profiles = {
  classic: 'The usual certificate, 90 days.',
  shortlived: 'Valid for 6 days, no revocation needed.',
};

export const nginxOnBusyPort =
  'nginx: [emerg] bind() to 0.0.0.0:8443 failed (98: Address already in use)\nnginx: configuration file /etc/nginx/nginx.conf test failed';

export const caOnUnknownName = 'No such domain: billing.nordhafen.exmaple';

export const diskError = 'SQLITE_IOERR_WRITE: disk I/O error';

export const vaultOnMissingSecret = '{"errors":[]}';

export const configurationFine = 'nginx: configuration file /etc/nginx/nginx.conf test is successful';

export const people = { admin: 'mara', colleague: 'jonas' };

/** What an administrator called an authority and a credential. */
export const letsEncrypt = "Let's Encrypt";
export const oddName = 'shop key@nordhafen';

/** What locked secrets and a backup were sealed with. */
export const passphrase = 'correct horse battery';

/** Why a plan was rejected. */
export const comment = 'wait for the maintenance window';

/** What somebody wrote into a row of the audit log by hand. */
export const forgery = 'Nothing was done here.';

export const issuers = {
  local: 'CN=Trustkeep local root',
  le: "CN=R11,O=Let's Encrypt,C=US",
  sectigo: 'CN=Sectigo Public Server Authentication CA OV R36,O=Sectigo Limited,C=GB',
  corp: 'CN=Nordhafen Issuing CA 2,O=Nordhafen AG,C=DE',
  inspection: 'CN=Nordhafen Web Inspection,O=Nordhafen AG,C=DE',
} as const;

/** In a feed. */
export const releaseNotes =
  'Renewals are checked every quarter of an hour.\nFix: an endpoint behind two proxies is found.';

export const mailServerOnWrongPassword = '535 5.7.8 Authentication credentials invalid';

/** The license of a part that others made. */
export const licenseOf = (name: string): string => `Permission is granted to use ${name}.`;
