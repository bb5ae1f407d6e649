import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { count } from './count.ts';
import { labelsOf } from './labels.ts';

export const credentialStores = {
  title: 'Credential stores',
  subtitle: 'Where endpoint logins are kept: here, or in a vault you already have.',
  one: 'Credential store',
  add: 'Add credential store',
  addYes: 'Test and add',
  adding: 'Testing…',
  saveYes: 'Test and save',
  edit: 'Edit',
  editTitle: (name: string) => `Edit ${name}`,
  many: {
    verify: 'Verify',
    verifyTitle: (number: number) => `Verify ${count(number, 'credential store')}?`,
    verifyText: 'Checks step by step that each works. The list shows what was found.',
    remove: 'Remove',
    removeTitle: (number: number) => `Remove ${count(number, 'credential store')}?`,
    removeText: 'Nothing changes in the vaults. Stores that endpoints use stay.',
  },
  remove: 'Remove',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: 'Trustkeep removes its settings for the credential store. Nothing changes in the vault.',
  removeLocalText: (number: number) =>
    number === 0
      ? 'The credential store is empty.'
      : `Its ${count(number, 'credential')} ${number === 1 ? 'goes' : 'go'} with it and cannot be recovered.`,
  removeUsed: (number: number) =>
    `${count(number, 'endpoint')} ${number === 1 ? 'logs' : 'log'} in with it. Choose another login for ${number === 1 ? 'it' : 'them'} first:`,
  isDefault: 'Default',
  defaultNote:
    'Created at the first start. It cannot be removed, so there is always a place for credentials.',
  none: 'No credential stores',
  noneHint: `Kinds: ${labelsOf(credentialStoreCatalog)}.`,
  name: 'Name',
  kind: 'Kind',
  where: 'Where',
  here: 'This computer, encrypted with the master key',
  state: 'Last test',
  states: {
    ok: 'OK',
    stops: (step: string) => `Failed: ${step}`,
    never: 'Not tested',
    notNeeded: 'Kept here',
  },
  credentials: 'Credentials',
  used: 'Used by',
  usedBy: (number: number) => (number === 0 ? 'Not in use' : count(number, 'endpoint')),
  usedNone: 'This credential store is not in use',
  usedNoneHint: 'To use it, edit an endpoint and set "Log in with" to "Credential store".',
  endpoint: 'Endpoint',
  credential: 'Credential ID',
  settings: 'Settings',
  test: 'Test',
  testing: 'Testing…',
  neverTested: 'Not tested yet',
  neverTestedHint:
    'A test resolves the server, connects, logs in and reads the credential in "Verify with". It shows the step that fails.',
  works: 'All steps succeeded',
  stopsAt: (step: string) => `Failed at: ${step}`,
  tested: 'Tested',
  addedAt: 'Added',
  lookUp: 'Look up',
};
