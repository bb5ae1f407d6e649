import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { CallContext } from '../transport/context.ts';
import { makeMiddleware } from '../transport/middleware.ts';
import { agentCommands } from './agent.ts';
import { approvalCommands } from './approvals.ts';
import { auditCommands } from './audit.ts';
import { authorityCommands } from './authorities.ts';
import { autoupdateCommands } from './autoupdate.ts';
import { backupCommands } from './backups.ts';
import { certificateCommands } from './certificates.ts';
import { channelCommands } from './channels.ts';
import { credentialStoreCommands } from './credential-stores.ts';
import { credentialCommands } from './credentials.ts';
import { endpointCommands } from './endpoints.ts';
import { nodeCommands } from './nodes.ts';
import { notificationCommands } from './notifications.ts';
import { orderCommands } from './orders.ts';
import { outboxCommands } from './outbox.ts';
import { proxyCommands } from './proxy.ts';
import { secretsCommands } from './secrets.ts';
import { settingsCommands } from './settings.ts';
import { taskCommands } from './tasks.ts';
import type { CommandTools } from './tools.ts';

/** The contract, carried out: every handler behind the one middleware. */
export function makeRouter(tools: CommandTools) {
  return implement(contract)
    .$context<CallContext>()
    .use(makeMiddleware({ ...tools, askPerson: (sentence) => tools.agent.askPerson(sentence) }))
    .router({
      agent: agentCommands(tools),
      secrets: secretsCommands(tools),
      endpoints: endpointCommands(tools),
      nodes: nodeCommands(tools),
      certificates: certificateCommands(tools),
      orders: orderCommands(tools),
      tasks: taskCommands(tools),
      approvals: approvalCommands(tools),
      authorities: authorityCommands(tools),
      credentialStores: credentialStoreCommands(tools),
      credentials: credentialCommands(tools),
      proxy: proxyCommands(tools),
      autoupdate: autoupdateCommands(tools),
      backups: backupCommands(tools),
      notifications: notificationCommands(tools),
      channels: channelCommands(tools),
      audit: auditCommands(tools),
      settings: settingsCommands(tools),
      outbox: outboxCommands(tools),
    });
}
