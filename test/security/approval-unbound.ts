/** Fields of a plan that no approval is bound to. Everything else is. */
export const unboundOfPlan: Record<string, string> = {
  fingerprint: 'it is computed from the plan; the one that counts is in the approval and in its seal',
};
/** What is not bound of one type of connection is not bound of any: a login is the same whatever leads there. */
export const ofAnyConnection = (field: string): string =>
  field.replace(/^connection<[^>]+>/, 'connection<any>');

/** Fields of an endpoint that no approval is bound to. */
export const unboundOfEndpoint: Record<string, string> = {
  name: 'a name for people; the plan knows the endpoint by its ID',
  'connection<any>.auth': 'another way to prove to be the same user',
  'policy.autoApprove': 'counts from the next plan on',
  'policy.autoRenew': 'counts from the next plan on',
  'policy.authorityId?': 'counts from the next plan on; the plan names its authority',
  'policy.authorityId': 'counts from the next plan on; the plan names its authority',
  'policy.fallbackId': 'counts from the next plan on; the plan names its fall-back',
  'policy.keyType?': 'counts from the next plan on; the plan names its type of key',
  'policy.keyType': 'counts from the next plan on; the plan names its type of key',
  'probe?': 'what was found the last time; the plan has facts of its own',
  'probe.ok': 'what was found the last time',
  'probe.version?': 'what was found the last time',
  'probe.version': 'what was found the last time',
  'probe.checks#': 'what was found the last time',
  'probe.checks[].name': 'what was found the last time',
  'probe.checks[].ok': 'what was found the last time',
  'probe.checks[].sentence': 'what was found the last time',
  'probe.checks[].identity.pinned': 'what was found the last time; what is pinned is in the connection',
  'probe.checks[].identity.seen': 'what was found the last time; what is pinned is in the connection',
  'probe.at': 'what was found the last time',
  'discoveredAt?': 'when it was, changes nothing',
  discoveredAt: 'when it was, changes nothing',
  createdAt: 'when it was, changes nothing',
  updatedAt: 'when it was, changes nothing',
};
/** Bound only where the user name comes from the credential. */
export const boundWithoutUser = [
  'connection<any>.store?',
  'connection<any>.store',
  'connection<any>.storeCredentialId?',
  'connection<any>.storeCredentialId',
];
/** Fields of an authority that no approval is bound to. */
export const unboundOfAuthority: Record<string, string> = {
  name: 'a name for people; the plan knows the authority by its ID',
  kind: 'says again what the settings say',
  isDefault: 'counts from the next plan on',
  createdAt: 'when it was, changes nothing',
};
/** Fields of an order that no approval is bound to. */
export const unboundOfOrder: Record<string, string> = {
  number: 'ours, for people',
  authorityName: 'a name for people',
  nodeId: 'for lists; the task knows its node',
  keyType: 'for lists; what is ordered is the CSR',
  state: 'changes as the order is worked on',
  'certificateFingerprint?': 'for lists; the task has it, sealed when it was collected',
  certificateFingerprint: 'for lists; the task has it, sealed when it was collected',
  'refusedBecause?': 'known later',
  createdAt: 'when it was, changes nothing',
  updatedAt: 'when it was, changes nothing',
};

/** Fields of a node that no approval is bound to: all. What a step needs of it, the plan says. */
export const unboundOfNode: Record<string, string> = {
  id: 'the plan and the task name it',
  endpointId: 'the plan and the task name it',
  endpointName: 'a name for people',
  key: 'the plan has its own',
  name: 'a name for people; what a script is given stands in the plan',
  'alias?': 'what a script is given stands in the plan',
  alias: 'what a script is given stands in the plan',
  protocol: 'found anew for the plan',
  'bindings#': 'the plan has its proofs',
  'bindings[].address': 'the plan has its proofs',
  'bindings[].port': 'the plan has its proofs',
  'bindings[].configured': 'the plan has its proofs',
  'bindings[].isDefault': 'the plan has its proofs',
  'bindings[].proxyProtocol': 'the plan has its proofs',
  'bindings[].startTls': 'the plan has its proofs',
  'serverNames#': 'the plan has its names',
  'serverNames[]': 'the plan has its names',
  'certificatePath?': 'the plan has its files',
  certificatePath: 'the plan has its files',
  'keyPath?': 'the plan has its files',
  keyPath: 'the plan has its files',
  'webRoot?': 'the plan says where challenge files are put',
  webRoot: 'the plan says where challenge files are put',
  'certificate?': 'says which kind of key is asked for in a handshake; what must be shown stands in the plan',
  'notInstallable?': 'found anew for the plan',
  notInstallable: 'found anew for the plan',
  'place?': 'for people',
  place: 'for people',
  'managedBy?': 'found anew for the plan, which says what it takes over',
  'managedBy.who': 'found anew for the plan, which says what it takes over',
  'managedBy.evidence': 'found anew for the plan, which says what it takes over',
  'orderNumber?': 'for people',
  orderNumber: 'for people',
  revoked: 'for people',
  restartRequired: 'for people',
  'served.state': 'what was seen the last time',
  'served.fingerprint?': 'what was seen the last time',
  'served.fingerprint': 'what was seen the last time',
  'served.sentence': 'what was seen the last time',
  'served.at': 'what was seen the last time',
  'missingSince?': 'found anew for the plan',
  missingSince: 'found anew for the plan',
  discoveredAt: 'when it was, changes nothing',
};
