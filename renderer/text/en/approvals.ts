import type { Plan, PlannedProof } from '#shared/model/plan.ts';
import { count } from './count.ts';

export const approvals = {
  title: 'Approvals',
  subtitle: 'Plans that wait for a yes. Nothing is changed before.',
  one: 'Plan',
  pending: 'Waiting',
  decided: 'Decided',
  what: 'Endpoint / node',
  authority: 'Authority',
  changes: 'Changes',
  changeCount: (files: number, commands: number) => `${count(files, 'file')}, ${count(commands, 'command')}`,
  state: 'State',
  states: {
    pending: 'Waits for a yes',
    approved: 'Approved',
    rejected: 'Rejected',
    superseded: 'Replaced',
  },
  asked: 'Asked',
  reason: (reason: Plan['reason'], names: string[]) =>
    `${reason === 'renewal' ? 'Renewal' : 'New certificate'} for ${names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ')}`,
  none: 'Nothing waits for a yes',
  noneHint: 'When a certificate is requested or renewed, its plan appears here and as a notification.',
  noneDecided: 'No decisions yet',
  detailTitle: (plan: Plan) => `${plan.endpointName} / ${plan.nodeName}`,
  openTask: 'Open task',
  comment: 'Comment (kept in the audit)',
  approve: 'Approve',
  reject: 'Reject',
  bound: (fingerprint: string) =>
    `The answer holds for exactly this plan (fingerprint ${fingerprint}). If the endpoint has changed by then, nothing is installed.`,
  decidedBy: (who: string | null, origin: string | null, when: string) =>
    `${who === null ? (origin === 'agent' ? 'By the policy of the endpoint' : 'Decided') : `By ${who}`}, ${when}.`,
  changed: 'The plan changed while it was on the screen.',
  changedHint: 'What is shown now is the new one. Read it before saying yes.',
  readAgain: 'It is read',
  supersededMeaning: 'A newer plan took its place.',
};

export const plan = {
  asked: 'What is asked for',
  names: 'Names',
  reason: 'Reason',
  reasons: { request: 'New certificate', renewal: 'Renewal of the certificate in use' },
  where: 'For',
  authority: 'Authority',
  authorityText: (name: string, kind: string) => `${name} (${kind === 'acme' ? 'ACME' : 'local'})`,
  terms: 'Terms',
  termsText: (terms: Plan['terms']) =>
    [
      terms.days === null ? 'lifetime as the authority decides' : count(terms.days, 'day'),
      terms.profile === null ? null : `profile ${terms.profile}`,
    ]
      .filter((part) => part !== null)
      .join(', '),
  keyType: 'Key type',
  keyPlace: 'Key pair',
  keyPlaces: { target: 'Made on the endpoint', agent: 'Made in this agent' },
  files: 'Files',
  fileCount: (number: number) => count(number, 'file'),
  content: 'Content (SHA-256)',
  owner: 'Owner',
  mode: 'Mode',
  before: 'Before',
  after: 'After',
  notThere: 'Does not exist yet',
  hashLater: 'known once the certificate exists',
  bytes: (size: number) => count(size, 'byte'),
  holds: {
    certificate: 'certificate',
    'private-key': 'private key',
    'certificate-and-key': 'certificate and private key',
    configuration: 'configuration',
  },
  edits: 'Configuration lines',
  editCount: (number: number) => (number === 0 ? 'none' : count(number, 'change')),
  noEdits: 'No configuration line changes.',
  editPlace: (path: string, line: number) => `${path}, line ${line}`,
  removed: 'removed',
  added: 'added',
  commands: 'Commands',
  commandCount: (number: number) => count(number, 'command'),
  noCommands: 'No command is run.',
  shares: 'What else is touched',
  noShares: 'Nothing else uses this certificate or this address and port.',
  sharing: { certificate: 'same certificate', address: 'same address and port' },
  proofs: 'Proof afterwards',
  proofsMeaning:
    'The task succeeds only when each of these TLS handshakes shows the new key and chain. Otherwise everything is put back.',
  noProofs: 'No address is known at which this certificate is served; success is checked on disk only.',
  proof: (proof: PlannedProof) =>
    `${proof.address.includes(':') ? `[${proof.address}]` : proof.address}:${proof.port}${proof.serverName === null ? '' : ` as ${proof.serverName}`}`,
  fingerprint: 'Plan fingerprint',
};
