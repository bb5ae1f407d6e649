import { count } from './count.ts';

/** What finds screens, things and actions by a few letters. */
export const palette = {
  open: 'Search and commands',
  short: 'Search',
  label: 'Screens, endpoints, nodes, certificates and actions',
  hint: 'A name, or what to do: renew shop',
  none: 'Nothing found',
  noneHint: 'Try fewer letters, or another part of the name.',
  results: (number: number) => count(number, 'result'),
  recent: 'Recent',
  kinds: {
    screen: 'Screen',
    action: 'Action',
    endpoint: 'Endpoint',
    node: 'Node',
    certificate: 'Certificate',
  },
  verbs: {
    request: (name: string) => `Request certificate for ${name}`,
    renew: (name: string) => `Renew ${name}`,
    verify: (name: string) => `Verify ${name}`,
    discover: (name: string) => `Discover nodes of ${name}`,
    probe: (name: string) => `Probe ${name}`,
  },
  approve: (waiting: number) => `Approve or reject ${count(waiting, 'plan')}`,
  verifyAudit: 'Verify the audit chain',
  testProxy: 'Test the outbound connection',
};
