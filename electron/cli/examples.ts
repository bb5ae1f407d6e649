/** How the commonest commands are usually written, by the path of the command; for one variant, by path and variant. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  'endpoints.add nginx': [
    'tls add nginx --name web1',
    'tls add nginx --name web2 --connection_type ssh --host web2.example --user deploy --ssh_key_path ~/.ssh/id_ed25519',
  ],
  'endpoints.add pem': [
    'tls add pem --name mail --path /etc/ssl/mail/fullchain.pem --key_path /etc/ssl/mail/key.pem',
  ],
  'endpoints.update': ['tls update web1 --auto_approve', 'tls update web1 --clear authority'],
  'endpoints.discover': ['tls discover web1 --wait'],
  'nodes.list': ['nodes list web1', 'nodes list --json'],
  'certificates.request': [
    'certificates request web1/shop.example --dry-run',
    'certificates request web1/shop.example --names shop.example,www.shop.example --wait-approval',
  ],
  'certificates.renew': ['certificates renew web1/shop.example --wait'],
  'approvals.approve': ['approvals approve apr_0123456789abcdef'],
  'tasks.list': ['tasks list --about web1', 'tasks list --states failed,waiting'],
  'authorities.add acme': [
    'authorities add acme --name letsencrypt --directory_url https://acme-v02.api.letsencrypt.org/directory',
  ],
  'credentialStores.add hashicorp': [
    'credstore add hashicorp --storename vault --vaulturl https://vault.example:8200 --rootpath secret --authtype Token --token-prompt',
  ],
  'proxy.set': ['proxy set --pacurl http://wpad.example/proxy.pac --confirm 60'],
  'backups.create': ['backup create /safe/trustkeep.backup'],
  'backups.restore': ['backup restore /safe/trustkeep.backup'],
};
