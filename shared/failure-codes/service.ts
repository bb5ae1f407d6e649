import { codesAbout } from './code.ts';

/** The agent as a service of the operating system. */
export const serviceCodes = codesAbout('other', {
  'service.account-missing': ['needs-person', 'There is no such account on this machine.'],
  'service.data-foreign': [
    'needs-person',
    'The data directory of the service is, wholly or in part, in the hands of another account.',
  ],
  'service.failed': ['needs-person', 'The service manager of the operating system refused.'],
  'service.no-manager': ['never', 'This machine has no service manager that Trustkeep can use.'],
  'service.no-right': ['needs-person', 'Only an administrator of this machine may change services.'],
  'service.not-installed': ['needs-person', 'The service is not installed.', 'not-there'],
  'service.program-open': [
    'needs-person',
    'Other accounts can change the program that the service would start.',
  ],
});
