import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
import { count } from './count.ts';
import { labelsOf } from './labels.ts';

export const authorities = {
  title: 'Authorities',
  subtitle: 'CAs that certificates are ordered from.',
  add: 'Add authority',
  addYes: 'Add',
  edit: 'Edit',
  editTitle: (name: string) => `Edit ${name}`,
  remove: 'Remove',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: 'No certificates are revoked. An authority used by endpoints or orders cannot be removed.',
  removeMany: {
    label: 'Remove',
    title: (number: number) => `Remove ${count(number, 'authority', 'authorities')}?`,
    text: 'No certificates are revoked. Authorities used by endpoints or orders stay.',
  },
  none: 'No authorities',
  noneHint: `Kinds: ${labelsOf(authorityCatalog)}.`,
  name: 'Name',
  kind: 'Kind',
  place: 'Directory or root',
  default: 'Default',
  isDefault: 'Default',
  notDefault: 'No',
  test: 'Test',
  testNow: 'Test now',
  testing: 'Testing…',
  testHint: 'Checks that the authority answers and has an account. Nothing is ordered.',
  profiles: 'Certificate profiles',
  root: 'Root certificate',
  rootMeaning:
    'Computers that should trust certificates from this authority need its root. It contains no secrets.',
  showRoot: 'Show root',
  saveRoot: 'Save root (PEM)',
  copyRoot: 'Copy root',
};

export const authorityAccount = {
  title: 'Account',
  hint: 'The account at the CA; Trustkeep registers it at first use. Showing it asks the CA.',
  show: 'Show account',
  asking: 'Asking the CA…',
  none: 'The CA has no account for this authority yet.',
  url: 'Account',
  state: 'State',
  valid: 'Valid',
  notShown: 'Not shown by the CA',
  contact: 'Contact',
  noContact: 'None',
  key: 'Key thumbprint',
  binding: 'EAB key ID',
  noBinding: 'None known',
  sendContact: 'Send contact',
  contactSent: 'The CA accepted the contact that is set for this authority.',
  rollKey: 'Change key',
  keyRolled: 'The CA accepted a new key for the account.',
  import: 'Import…',
  register: 'Register new…',
  deactivate: 'Deactivate…',
  registerYes: 'Register',
  registerTitle: (name: string) => `Register a new account for ${name}?`,
  registerText:
    'Trustkeep will make a new key and use the new account from then on. The present account stays at the CA, and its key is deleted here: deactivate it first if no one needs it.',
  registered: 'The CA registered the new account.',
  deactivateYes: 'Deactivate',
  deactivateTitle: (name: string) => `Deactivate the account of ${name}?`,
  deactivateText:
    'The CA will refuse every request of this account. This cannot be undone. Certificates stay valid, and renewals fail until a new account is registered.',
  deactivated: 'The account was deactivated.',
  importTitle: (name: string) => `Import an account for ${name}`,
  importYes: 'Import',
  importText:
    'Trustkeep reads the account of certbot, lego or acme.sh on this machine and asks the CA for it by its key. It then uses that account in place of the present one, whose key is deleted here. Files of the other program are not changed.',
  imported: (client: string, file: string) =>
    `The account was imported from ${file}. ${client} can still use it.`,
  path: 'Path',
  pathHelp:
    'Whole path of the key file (private_key.json, keys/EMAIL.key or account.key) or of a folder with one account.',
};
