import type { Descriptor } from './descriptor.ts';
import type { Field } from './field.ts';

/** Intervals and limits of the agent. Stored by `settings set`; `run` takes the same flags for one run. */
export const intervalFields: readonly Field[] = [
  {
    name: 'proof_seconds',
    label: 'Proof timeout',
    help: 'Seconds within which a new certificate must be served everywhere, before everything is restored (1 to 600, default 15).',
    kind: 'number',
    min: 1,
    max: 600,
    default: 15,
  },
  {
    name: 'watch_minutes',
    label: 'Watch interval',
    help: 'Minutes between checks of what a managed node serves (1 to 1440, default 15).',
    kind: 'number',
    min: 1,
    max: 1440,
    default: 15,
  },
  {
    name: 'watch_others_hours',
    label: 'Watch interval of other nodes',
    help: 'Hours between checks of nodes whose certificate was not obtained through Trustkeep (1 to 168, default 6).',
    kind: 'number',
    min: 1,
    max: 168,
    default: 6,
  },
  {
    name: 'scan_hours',
    label: 'Discovery interval',
    help: 'Hours after which the nodes of an endpoint are discovered again (1 to 720, default 24).',
    kind: 'number',
    min: 1,
    max: 720,
    default: 24,
  },
  {
    name: 'renew_check_minutes',
    label: 'Renewal check',
    help: 'Maximum minutes between checks of what is due for renewal (1 to 60, default 15).',
    kind: 'number',
    min: 1,
    max: 60,
    default: 15,
  },
  {
    name: 'backup_hours',
    label: 'Backup interval',
    help: 'Hours between backups of the database (1 to 168, default 24).',
    kind: 'number',
    min: 1,
    max: 168,
    default: 24,
  },
];

const digestField: Field = {
  name: 'digest_minutes',
  label: 'Successes together',
  help: 'Minutes within which successes appear on the desktop in one notification (0 to 1440, default 15). 0: each on its own.',
  hint: 'Minutes within which successes appear on the desktop in one notification. 0: each on its own.',
  kind: 'number',
  min: 0,
  max: 1440,
  default: 15,
};

/** Which kinds of notifications appear. Each is listed all the same. */
export const notificationFields: readonly Field[] = [
  appears('notify_approvals', 'Plans waiting for approval', 'a plan is waiting for approval'),
  appears(
    'notify_failures',
    'Failures and warnings',
    'a task failed, the previous state was restored, or something was done with warnings',
  ),
  appears(
    'notify_expiry',
    'Certificates at risk',
    'a renewal fails near the end of a certificate, renewals are not checked, or a certificate that Trustkeep does not renew expires soon, has expired or is not what is served',
  ),
  appears('notify_successes', 'Successes', 'a certificate was installed and is served as expected'),
  appears(
    'notify_system',
    'Stores, proxy and other tools',
    'a credential store can no longer be read, a proxy setting was reverted, another tool replaced a certificate, a notification channel does not deliver, or a server asks for a change',
  ),
  digestField,
];

/** What the agent is called. */
export const agentFields = [
  {
    name: 'agent_name',
    label: 'Name of this agent',
    help: 'Name of this agent in its status and overview, for who has several (at most 64 characters).',
    kind: 'text',
    max: 64,
    names: true,
  },
] as const satisfies readonly Field[];

/** All that `settings set` stores. */
export const settingsCatalog: Descriptor = {
  id: 'settings',
  label: 'Settings',
  help: 'Intervals and limits of the agent, and which notifications appear.',
  fields: [...agentFields, ...intervalFields, ...notificationFields],
};

function appears(name: string, label: string, when: string): Field {
  const help = `Show a notification when ${when}. Default: on.`;
  return { name, label, help, hint: `When ${when}.`, kind: 'boolean', default: true };
}
