import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';

const credentialIds = Object.values(credentialStoreCatalog).map(({ id, idForm }) => `${id}: ${idForm}`);

/** Help of fields that no catalog describes, by name; `command.field` where a name means something special. */
export const fieldWords: Record<string, string> = {
  endpoint: 'Name or instance ID of the endpoint.',
  'agent.license.name': 'Name of the part, as "about" lists it.',
  node: 'ID of the node, its name, or endpoint/name.',
  names: 'Names for the certificate, separated by commas or repeated. Default: the names of the node.',
  authority: 'Name or ID of the authority.',
  'certificates.request.authority': 'Name or ID of the authority. Default: the authority of the endpoint.',
  'certificates.rehearse.authority': 'Name or ID of the authority. Default: the authority of the endpoint.',
  key_type:
    'Key type of the new key pair. Default: that of the endpoint, otherwise that of the current certificate.',
  profile: 'Certificate profile to request.',
  days: 'Requested lifetime in days, 1 to 825.',
  key_place: 'Where the key pair is generated. Default: on the endpoint where possible.',
  'certificates.export.path': 'A new file on the machine of the agent.',
  'certificates.export.format':
    'pem: the certificate and its chain; chain: the chain alone; pkcs12: a PKCS#12 (P12) file, with the private key where Trustkeep still has it. Default: pem.',
  'certificates.export.password': 'Password of the P12 file, at least 6 characters of printable ASCII.',
  'certificates.export.legacy':
    'Encrypt the P12 file in the old way (3DES, SHA-1), for old programs. Default: no.',
  also: 'Further nodes for the same certificate, separated by commas or repeated. It is installed on all of them or on none, on the node first.',
  new_order:
    'Order a new certificate, even if one was issued for this request and not installed. Default: no.',
  certificate: 'Fingerprint (or at least 8 characters of it), serial or order number.',
  number: 'Order number.',
  limit: 'Maximum number, 1 to 1000.',
  before: 'Only entries with a smaller number.',
  states: 'Only entries in these states, separated by commas or repeated.',
  text: 'Words; each must be somewhere in the names.',
  about: 'Only tasks for this endpoint or node: its ID, its name or ENDPOINT/NODE.',
  minutes: 'Minutes of the pause, 1 to 10080. Default: 60.',
  until_tomorrow: 'Until 6 o’clock in the morning, by the time zone of the machine of the agent.',
  mine: 'Only what belongs to tasks that you started. Default: no.',
  unread: 'Only unread ones (false: only those that were read). Default: both.',
  action_required:
    'Only plans that are waiting for approval, and other unread notifications that ask for someone. Default: all.',
  kinds: 'Only notifications of these kinds, separated by commas or repeated.',
  'notifications.list.older_than':
    'Only notifications older than this one: the ID of the last one of the page before.',
  'orders.list.older_than': 'Only orders below this number: that of the last one of the page before.',
  'tasks.list.older_than': 'Only tasks older than this one: the ID of the last one of the page before.',
  channel: 'Name or ID of the channel.',
  task: 'ID of the task.',
  approval: 'ID of the approval or of its task.',
  fingerprint: 'Fingerprint of the plan you read (or its beginning). Refused if the plan has changed.',
  'certificates.revoke.fingerprint':
    'Fingerprint of the certificate you mean (or its first 16 characters). Without it nothing is revoked, and the certificate is shown.',
  'certificates.revokeByKey.fingerprint':
    'Fingerprint of the certificate you mean (or its first 16 characters). Without it nothing is revoked, and the certificate is shown.',
  'authorities.accountDeactivate.account':
    'Address of the account you mean. Without it nothing is deactivated, and the account is shown.',
  'authorities.accountRegister.account':
    'Address of the account to replace. Without it nothing is registered while the CA accepts the present account, which is shown.',
  'certificates.revokeByKey.path': 'PEM file of the certificate.',
  'authorities.accountImport.path':
    'Whole path, on the machine of the agent, of the key file (private_key.json, keys/EMAIL.key or account.key) or of a folder with one account.',
  private_key: 'Private key of the certificate, unencrypted PEM.',
  'certificates.revokeByKey.authority': 'Name or ID of the authority whose CA issued the certificate.',
  reason: 'Why the certificate is revoked. Some CAs refuse some of the reasons.',
  comment: 'A comment to keep with the decision.',
  notification: 'ID of the notification. Default: all.',
  kind: 'Where the master key is kept.',
  path: 'With key-file: path of the key file. Default: next to the database.',
  passphrase: 'The passphrase, at least 12 characters.',
  'secrets.unlock.passphrase': 'The passphrase. Default: try the keychain again.',
  recovery_key: 'The recovery key.',
  'secrets.rotate.passphrase':
    'New passphrase, at least 12 characters. Required if a passphrase protects the master key.',
  storename: 'Name or ID of the credential store.',
  new_storename: 'New name for the credential store, 1 to 64 characters.',
  'credentialStores.update.kind': 'Kind of the store. Optional; it cannot be changed.',
  id: 'Credential ID: names the credential within its store.',
  'credentials.get.id': `Credential ID. ${credentialIds.join('; ')}.`,
  'credentials.reveal.id': 'Credential ID, as for get.',
  'credentials.list.limit': 'Maximum number, 1 to 1000. Default: all.',
  after: 'Only IDs after this one.',
  search: 'Only IDs that contain this text.',
  'proxy.set.confirm':
    'Seconds (10 to 3600) after which the previous setting is restored automatically, unless "trustkeep proxy confirm" is run first.',
  'proxy.set.try_first':
    'Test the outbound connection before it is used, and refuse a setting that does not work. Default: on.',
  when_idle: 'Install as soon as no task works, in place of refusing while one does.',
  url: 'Address to test. Default: every address the agent needs.',
  'backups.create.path': 'File to write. It must not exist yet.',
  'backups.create.passphrase': 'Passphrase for the backup, at least 12 characters.',
  'backups.restore.path': 'Backup file.',
  'backups.restore.passphrase': 'Passphrase of the backup.',
};
