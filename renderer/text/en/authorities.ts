import { authorityCatalog } from '#shared/catalog/authorities/index.ts';
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
