import { approvals, plan } from './en/approvals.ts';
import { audit } from './en/audit.ts';
import { authorities, authorityAccount } from './en/authorities.ts';
import { autoupdate } from './en/autoupdate.ts';
import { backups } from './en/backups.ts';
import { certificates, exporting, orders, revocation } from './en/certificates.ts';
import { channels } from './en/channels.ts';
import { checks } from './en/checks.ts';
import { credentialStores } from './en/credential-stores.ts';
import { credentials } from './en/credentials.ts';
import { endpoints } from './en/endpoints.ts';
import { firstSteps } from './en/first-steps.ts';
import { nodes, request } from './en/nodes.ts';
import { notifications } from './en/notifications.ts';
import { overview } from './en/overview.ts';
import { palette } from './en/palette.ts';
import { pause } from './en/pause.ts';
import { proxy } from './en/proxy.ts';
import { secrets } from './en/secrets.ts';
import { settings } from './en/settings.ts';
import { table } from './en/table.ts';
import { steps, tasks } from './en/tasks.ts';
import { hints } from './hints.ts';

/**
 * All words of the window: those of one noun in `en/`, the rest here. Sentences state what is; names are those of the
 * glossary.
 */
export const en = {
  product: 'Trustkeep',
  hints,

  nav: {
    ofService: 'Service of this machine',
    label: 'Screens',
    overview: 'Overview',
    endpoints: 'Endpoints',
    certificates: 'Certificates',
    tasks: 'Tasks',
    approvals: 'Approvals',
    authorities: 'Authorities',
    'credential-stores': 'Credential stores',
    audit: 'Audit log',
    proxy: 'Proxy',
    autoupdate: 'Autoupdate',
    settings: 'Settings',
    counted: { tasks: 'in progress', approvals: 'waiting' },
  },
  link: {
    waiting: 'Waiting for the agent…',
    noAnswer: 'The agent is not responding',
    noAnswerHint:
      'It may still be starting. If this continues, quit Trustkeep from the tray and start it again.',
    lost: 'The connection to the agent was lost.',
    lostHint: 'It has stopped or is restarting. What you see may be out of date; nothing is lost.',
    again: 'Try again',
  },
  answer: { waiting: 'Loading…' },
  some: {
    more: (number: number) => `${number} more`,
    fewer: 'Show fewer',
    whole: 'Show all',
    less: 'Show less',
  },
  dialog: { cancel: 'Cancel', close: 'Close', save: 'Save', back: 'Back' },
  failure: {
    unexpected: (reason: string) => `Something unexpected happened: ${reason}`,
    closed: 'The agent stopped before it answered.',
    closedHint: 'Wait until the connection is back, then check whether the command was carried out.',
    peerSaid: 'What the server answered',
    again: 'Try again',
    screen: 'This screen could not be displayed',
  },
  time: { soon: 'in a moment', justNow: 'just now', never: 'never' },
  copy: {
    copy: (what: string) => `Copy: ${what}`,
    copied: (what: string) => `Copied: ${what}`,
    refused: 'Could not copy to the clipboard',
    done: 'Copied',
  },
  form: {
    advanced: (number: number) => `Advanced (${number})`,
    notChosen: '(none)',
    byDefault: 'Default',
    notHere: (choice: string) => `${choice} (not in this version)`,
    secretKept: 'Leave empty to keep the current one. It is never shown.',
    secretPlaceholder: 'unchanged',
    takeAway: (label: string) => `Remove: ${label}`,
    takenAway: 'will be removed',
    keepIt: (label: string) => `Keep: ${label}`,
    chooseFile: 'Choose file…',
    browse: 'Browse…',
    browseFor: (label: string) => `Browse… ${label}`,
    filePlaceholder: '-----BEGIN CERTIFICATE-----',
  },
  command: {
    same: 'Same on the command line',
    what: 'command line',
    asks: (labels: string[]) =>
      `The command asks for: ${labels.join(', ')}. Do not put secrets on a command line.`,
  },

  /** Words for catalog choices, by their id. */
  choices: {
    'http-01-agent': 'HTTP, answered by this agent (http-01)',
    'http-01-web-root': 'HTTP, file in the web root of the endpoint (http-01)',
    'tls-alpn-01-agent': 'TLS, answered by this agent (tls-alpn-01)',
    'dns-01-script': 'DNS, set by scripts (dns-01)',
    AppRoleSecret: 'AppRole, SecretID given here (AppRoleSecret)',
    AppRoleFile: 'AppRole, SecretID in a file (AppRoleFile)',
    'rsa-2048': 'RSA 2048',
    'rsa-3072': 'RSA 3072',
    'rsa-4096': 'RSA 4096',
    'ec-p256': 'EC P-256',
    'ec-p384': 'EC P-384',
  },
  keyTypes: {
    'rsa-2048': 'RSA 2048',
    'rsa-3072': 'RSA 3072',
    'rsa-4096': 'RSA 4096',
    'ec-p256': 'EC P-256',
    'ec-p384': 'EC P-384',
  },
  levels: { ok: 'OK', attention: 'Needs attention', danger: 'Action required', unknown: 'Unknown' },
  origins: { gui: 'Window', cli: 'Command line', server: 'Server', agent: 'Agent' },
  served: {
    same: 'Served',
    previous: 'Previous certificate served',
    other: 'Different certificate served',
    unreachable: 'No TLS response',
    unknown: 'Not verified',
  },

  table,
  palette,
  overview,
  firstSteps,
  endpoints,
  nodes,
  request,
  certificates,
  orders,
  exporting,
  revocation,
  tasks,
  steps,
  approvals,
  plan,
  notifications,
  channels,
  pause,
  audit,
  authorities,
  authorityAccount,
  credentialStores,
  credentials,
  proxy,
  autoupdate,
  backups,
  settings,
  secrets,
  checks,
};
