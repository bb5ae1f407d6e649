import { agent, secrets } from './agent.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { authorities } from './authorities.ts';
import { autoupdate } from './autoupdate.ts';
import { backups } from './backups.ts';
import { certificates, orders } from './certificates.ts';
import { channels } from './channels.ts';
import { credentialStores } from './credential-stores.ts';
import { credentials } from './credentials.ts';
import { endpoints } from './endpoints.ts';
import { nodes } from './nodes.ts';
import { notifications } from './notifications.ts';
import { outbox } from './outbox.ts';
import { proxy } from './proxy.ts';
import { settings } from './settings.ts';
import { tasks } from './tasks.ts';

/** ONE contract for window, command line and server. */
export const contract = {
  agent,
  secrets,
  endpoints,
  nodes,
  certificates,
  orders,
  tasks,
  approvals,
  authorities,
  credentialStores,
  credentials,
  proxy,
  autoupdate,
  backups,
  notifications,
  channels,
  audit,
  settings,
  outbox,
};
export type Contract = typeof contract;
