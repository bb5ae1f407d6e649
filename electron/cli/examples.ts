/** How the commonest commands are usually written, by the path of the command. Those that add something have theirs in the catalog. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  'agent.find': ['find shop.example', 'find web1 --json'],
  'endpoints.update': ['tls update web1 --auto_approve', 'tls update web1 --clear authority'],
  'endpoints.discover': ['tls discover web1 --wait'],
  'nodes.list': ['nodes list web1', 'nodes list --json'],
  'certificates.request': [
    'certificates request web1/shop.example --dry-run',
    'certificates request web1/shop.example --names shop.example,www.shop.example --wait-approval',
  ],
  'certificates.export': ['certificates export 1001 --path ./shop.p12 --format pkcs12'],
  'certificates.rehearse': ['certificates rehearse web1/shop.example'],
  'certificates.renew': ['certificates renew web1/shop.example --wait'],
  'certificates.revoke': ['certificates revoke 1001 --reason key-compromise'],
  'certificates.revokeByKey': [
    'certificates revoke-by-key old.crt --private_key-file old.key --authority letsencrypt --reason superseded',
  ],
  'approvals.approve': ['approvals approve apr_0123456789abcdef'],
  'tasks.list': ['tasks list --about web1', 'tasks list --states failed,waiting'],
  'settings.set': ['settings set --no-notify_successes'],
  'proxy.set': ['proxy set --pacurl http://wpad.example/proxy.pac --confirm 60'],
  'backups.create': ['backup create /safe/trustkeep.backup'],
  'backups.restore': ['backup restore /safe/trustkeep.backup'],
};
