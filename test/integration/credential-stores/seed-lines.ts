/** The documented lines as they stand; what is in <…> or […] is filled in, and ours is the program's name. */
const docs = {
  addLocal: 'credstore add local --storename <store-name>',
  addToken:
    'credstore add hashicorp --storename <store-name> --vaulturl <vault-url> --authtype Token --token <token> --rootpath <root-path> --verify <path-of-secret>',
  addRoleSecret:
    'credstore add hashicorp --storename <store-name> --vaulturl <vault-url> --authtype AppRoleSecret --roleid <role-id> --secretid <secret-id> --appwrapped [Yes/No] --rootpath <root-path> --verify <path-of-secret>',
  addRoleFile:
    'credstore add hashicorp --storename <store-name> --vaulturl <vault-url> --authtype AppRoleFile --roleid <role-id> --secretfile <secret-file> --appwrapped [Yes/No] --rootpath <root-path> --verify <path-of-secret>',
  addCyberark:
    'credstore add cyberark --storename <store-name> --appid <app-id> --ccpurl <ccp-url> --verify <query-string>',
  addCyberarkCert:
    'credstore add cyberark --storename <store-name> --appid <app-id> --ccpurl <ccp-url>  --authcert <authcert-file-path> --certpass <password-of-authcert> --verify <query-string>',
  addDelinea:
    'credstore add delinea-secret-server --storename <store-name> --url <server-url> --username <username> --password <password>  --verify <secret-id>',
  addCredential:
    'credstore credentials add --storename <store-name> --id <id> --username <username> --password <password> --privatekeypath <private-key-path> --passphrase <passphrase>',
  updateCredential:
    'credstore credentials update --storename <store-name> --id <id> --username <username> --password <password> --privatekeypath <private-key-path> --passphrase <passphrase>',
  removeCredential: 'credstore credentials remove --storename <store-name> --id <id>',
  updateHashicorp:
    'credstore update hashicorp --storename <store-name> --vaulturl <vault-url> --authtype <Token/AppRoleSecret/AppRoleFile> --token <token> --rootpath <root-path> --roleid <role-id> --secretid <secret-id> --secretfile <secret-file> --appwrapped <Yes/No> --verify <path-of-secret>',
  updateCyberark:
    'credstore update cyberark --storename <store-name> --appid <app-id> --ccpurl <ccp-url>  --authcert <authcert-file-path> --certpass <password-of-authcert> --verify <query-string>',
  updateDelinea:
    'credstore update delinea-secret-server -storename <store-name> --url <server-url> --username <username> --password <password>  --verify <secret-id>',
  list: 'credstore list',
  listCredentials: 'credstore credentials list --storename <store-name>',
  getCredential: 'credstore credentials get --storename <store-name> --id <id>',
  remove: 'credstore remove -storename <name>',
  proxyGet: 'proxy get',
  proxyClear: 'proxy set',
  proxyPac: 'proxy set --pacurl <pac-url>',
  proxyHost: 'proxy set --host <host> --port <port>',
  proxyLogin:
    'proxy set --host <host> --port <port> --domain <domain> --user <username> --password <password>',
} as const;
export type Line = keyof typeof docs;
export type Filling = Record<string, string>;

/** A line as it is typed. */
export function words(line: Line, filling: Filling): string[] {
  return docs[line]
    .split(/ +/)
    .map((word) => (/^[<[]/.test(word) ? (filling[word.slice(1, -1)] ?? unfilled(line, word)) : word));
}

function unfilled(line: Line, word: string): never {
  throw new Error(`${line}: nothing to put in the place of ${word}`);
}

/** In every secret of these tests. */
export const marker = 'S33d-marked';
export const secret = (name: string) => `${marker}-${name}`;
