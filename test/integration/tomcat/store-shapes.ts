import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '#kit/exec.ts';
import type { MadeLeaf } from '#test/make/certificates.ts';
import { connector, host, pem } from './real-tomcat.ts';
import type { Shape } from './shapes.ts';

const store = (attributes: string): string => `<Certificate ${attributes}/>`;

/** As people configure key stores. */
export const storeShapes: readonly Shape[] = [
  {
    name: 'a PKCS12 store with the default password, type and alias',
    connectors: connector('{p}', host('_default_', store('certificateKeystoreFile="conf/a.p12"'))),
    nodes: { _default_: 'a' },
  },
  {
    name: 'a JKS store with a key of another password, the alias in other letters, and its neighbours',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        store(
          'certificateKeystoreFile="conf/two.jks" certificateKeystorePassword="storepass" certificateKeyPassword="keypass1" certificateKeyAlias="SHOP" certificateKeystoreType="JKS"',
        ),
      ),
    ),
    nodes: { _default_: 'a' },
  },
  {
    name: 'a JKS store whose key has another password that is not given',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        store(
          'certificateKeystoreFile="conf/two.jks" certificateKeystorePassword="storepass" certificateKeyAlias="shop"',
        ),
      ),
    ),
    nodes: { _default_: null },
  },
  {
    name: 'a wrong store password',
    connectors: connector(
      '{p}',
      host('_default_', store('certificateKeystoreFile="conf/a.p12" certificateKeystorePassword="wrong"')),
    ),
    nodes: { _default_: null },
  },
  {
    name: 'an alias that names no entry',
    connectors: connector(
      '{p}',
      host('_default_', store('certificateKeystoreFile="conf/a.p12" certificateKeyAlias="other"')),
    ),
    nodes: { _default_: '' },
  },
  {
    name: 'an alias that names a trusted certificate',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        store(
          'certificateKeystoreFile="conf/two.jks" certificateKeystorePassword="storepass" certificateKeyAlias="root"',
        ),
      ),
    ),
    nodes: { _default_: null },
  },
  {
    name: 'a JKS store that is said to be PKCS12',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        store(
          'certificateKeystoreFile="{dir}/conf/one.jks" certificateKeystoreType="PKCS12" certificateKeystorePassword="storepass"',
        ),
      ),
    ),
    nodes: { _default_: 'b' },
  },
  {
    name: 'a password in a file',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        store('certificateKeystoreFile="conf/one.jks" certificateKeystorePasswordFile="conf/password.txt"'),
      ),
    ),
    nodes: { _default_: 'b' },
  },
  {
    name: 'a store that is not there',
    connectors: connector('{p}', host('_default_', store('certificateKeystoreFile="conf/none.p12"'))),
    nodes: { _default_: null },
  },
  {
    name: 'RSA in a key store beside EC in PEM',
    connectors: connector(
      '{p}',
      host('_default_', pem('a', 'type="EC"') + store('certificateKeystoreFile="conf/rsa.p12" type="RSA"')),
    ),
    nodes: { '_default_ ec': 'a', '_default_ rsa': 'rsa' },
  },
  {
    name: 'the old attributes of a key store on the connector',
    connectors: `    <Connector port="{p}" address="127.0.0.1" SSLEnabled="true" keystoreFile="conf/one.jks" keystorePass="storepass" keyAlias="two"/>`,
    nodes: { _default_: null },
    unlike: { 9: { _default_: 'b' } },
  },
];

/** The stores of the shapes, by openssl and keytool: JKS with the password `storepass`, PKCS12 with `changeit`. */
export async function storeFiles(
  leaves: Record<'a' | 'b' | 'rsa', MadeLeaf>,
  rootPem: string,
): Promise<Record<string, Uint8Array | string>> {
  const dir = await mkdtemp(join(tmpdir(), 'trustkeep-stores-'));
  const run = async (program: string, ...args: string[]) => {
    const env = { PATH: process.env.PATH ?? '' };
    const { code, stderr, stdout } = await exec({
      argv: ['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', dir, program, ...args],
      ...{ env, timeoutMs: 60_000 },
    });
    if (code !== 0) throw new Error(`${program}: ${stderr} ${stdout}`);
  };
  const into = (to: string, from: string, alias: string, key: string) =>
    run(
      'keytool',
      ...['-importkeystore', '-srckeystore', from, '-srcstorepass', 'changeit', '-srcalias', 'shop'],
      ...['-destkeystore', to, '-deststoretype', 'JKS', '-deststorepass', 'storepass'],
      ...['-destalias', alias, '-destkeypass', key, '-noprompt'],
    );
  try {
    for (const [name, leaf] of Object.entries(leaves)) {
      await writeFile(join(dir, `${name}.pem`), leaf.keyPem + leaf.chainPem);
      const export12 = [
        'pkcs12',
        '-export',
        '-in',
        `${name}.pem`,
        '-name',
        'shop',
        '-passout',
        'pass:changeit',
      ];
      await run('openssl', ...export12, '-out', `${name}.p12`);
    }
    await writeFile(join(dir, 'root.pem'), rootPem);
    await into('two.jks', 'a.p12', 'shop', 'keypass1');
    await into('two.jks', 'b.p12', 'other', 'storepass');
    await run(
      'keytool',
      ...['-importcert', '-noprompt', '-file', 'root.pem', '-alias', 'root'],
      ...['-keystore', 'two.jks', '-storepass', 'storepass'],
    );
    await into('one.jks', 'b.p12', 'two', 'storepass');
    const names = ['a.p12', 'rsa.p12', 'two.jks', 'one.jks'];
    const read = names.map(async (name) => [`conf/${name}`, await readFile(join(dir, name))] as const);
    return { ...Object.fromEntries(await Promise.all(read)), 'conf/password.txt': 'storepass\n' };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
