import type { Mutation } from '../mutation.ts';
import { apacheMutations } from './apache.ts';
import { approvalMutations } from './approval.ts';
import { auditMutations } from './audit.ts';
import { callerMutations } from './callers.ts';
import { chainMutations } from './chains.ts';
import { cleanUpMutations } from './clean-up.ts';
import { controlMutations } from './control.ts';
import { decisionMutations } from './decision.ts';
import { dnsWaitMutations } from './dns-wait.ts';
import { driftMutations } from './drift.ts';
import { earlierApprovalMutations } from './earlier-approval.ts';
import { failedRenewalMutations } from './failed-renewals.ts';
import { fallBackMutations } from './fall-backs.ts';
import { fileEndpointMutations } from './file-endpoint.ts';
import { foreignAccountMutations } from './foreign-accounts.ts';
import { fromPlanMutations } from './from-plan.ts';
import { groupMutations } from './groups.ts';
import { issuedMutations } from './issued.ts';
import { keptKeyMutations } from './kept-keys.ts';
import { keyStoreMutations } from './key-stores.ts';
import { leftoverMutations } from './leftovers.ts';
import { managerMutations } from './managers.ts';
import { migrationMutations } from './migrations.ts';
import { neighbourMutations } from './neighbours.ts';
import { notificationMutations } from './notifications.ts';
import { passphraseMutations } from './passphrases.ts';
import { policyMutations } from './policies.ts';
import { proofMutations } from './proof.ts';
import { queueMutations } from './queue.ts';
import { rehearsalMutations } from './rehearsals.ts';
import { revocationMutations } from './revocations.ts';
import { rightsMutations } from './rights.ts';
import { secretMutations } from './secrets.ts';
import { snapshotMutations } from './snapshot.ts';
import { socksMutations } from './socks.ts';
import { stateMutations } from './states.ts';
import { stepMutations } from './steps.ts';
import { taskMutations } from './tasks.ts';
import { toldMutations } from './told.ts';
import { tomcatMutations } from './tomcat.ts';
import { undoMutations } from './undo.ts';
import { watchedMutations } from './watched.ts';

export const mutations: readonly Mutation[] = [
  ...policyMutations,
  ...failedRenewalMutations,
  ...callerMutations,
  ...approvalMutations,
  ...earlierApprovalMutations,
  ...fromPlanMutations,
  ...groupMutations,
  ...issuedMutations,
  ...decisionMutations,
  ...auditMutations,
  ...secretMutations,
  ...passphraseMutations,
  ...keptKeyMutations,
  ...keyStoreMutations,
  ...leftoverMutations,
  ...stateMutations,
  ...taskMutations,
  ...queueMutations,
  ...rightsMutations,
  ...snapshotMutations,
  ...driftMutations,
  ...undoMutations,
  ...apacheMutations,
  ...tomcatMutations,
  ...fileEndpointMutations,
  ...migrationMutations,
  ...managerMutations,
  ...stepMutations,
  ...proofMutations,
  ...neighbourMutations,
  ...dnsWaitMutations,
  ...controlMutations,
  ...chainMutations,
  ...foreignAccountMutations,
  ...fallBackMutations,
  ...revocationMutations,
  ...notificationMutations,
  ...toldMutations,
  ...socksMutations,
  ...rehearsalMutations,
  ...cleanUpMutations,
  ...watchedMutations,
];
