import { randomBytes } from 'node:crypto';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import { readCsr } from '../../../pki/csr.ts';
import { certificateFingerprint, sha256Hex } from '../../../pki/fingerprint.ts';
import { certificatesOf, splitPem } from '../../../pki/pem.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';

/** As keytool calls the formats. */
const types = { pkcs12: 'PKCS12', jks: 'JKS', jceks: 'JCEKS' } as const;

/** A key store that another program than ours is to read, before anything is replaced by it. */
interface StoreToRead {
  format: keyof typeof types;
  bytes: Uint8Array;
  passwords: { store: Secret; key: Secret | null };
  alias: string;
  /** The reader that is asked first, where the host has it. */
  first: 'keytool' | 'openssl';
  /** The store has no other private key. */
  alone: boolean;
  /** SHA-256 (hex) of the leaf that the entry must have, and of the public key that its private key must fit. */
  leaf: string;
  key: string;
}

/**
 * What is read stands in a directory that only its owner can look into, for as long as it takes; passwords come by standard
 * input and go on by it: no argument, no variable of the environment and no file has them. `$1`: directory to make, `$2`: alias,
 * empty for none; `$3`: type, `$4`: the reader that is asked first, or `no keytool`.
 */
const script = `
umask 077
IFS= read -r store || exit 90
IFS= read -r key || exit 90
mkdir -m 0700 -- "$1" || exit 91
trap 'rm -rf -- "$1"' EXIT
trap 'exit 92' HUP INT TERM
cat >"$1/store" || exit 91
by_keytool() {
  k=$(command -v keytool) || for k in "$JAVA_HOME/bin/keytool" /usr/lib/jvm/*/bin/keytool /opt/*/bin/keytool; do [ -x "$k" ] && break; done
  [ -x "$k" ] || return 0
  echo "reader keytool"
  case $2 in
  '' | *[!' '-~]*) # no alias that is sure to arrive: all are read, and the key is asked for as far as it does
    list=$("$k" -J-Duser.language=en -list -v -keystore "$1/store" -storetype "$3" 2>&1 <<END
$store
END
    )
    code=$?
    printf '%s\n' "$list" | grep -e SHA256: -e 'keytool error:'
    [ "$code" -eq 0 ] || exit 93
    LC_ALL=C.UTF-8 "$k" -J-Duser.language=en -J-Dsun.jnu.encoding=UTF-8 -certreq -alias "$2" -keystore "$1/store" -storetype "$3" 2>/dev/null <<END
$store
$key
END
    exit 0 ;;
  esac
  "$k" -J-Duser.language=en -list -v -alias "$2" -keystore "$1/store" -storetype "$3" 2>&1 <<END || exit 93
$store
END
  "$k" -J-Duser.language=en -certreq -alias "$2" -keystore "$1/store" -storetype "$3" 2>&1 <<END || exit 93
$store
$key
END
  exit 0
}
by_openssl() {
  command -v openssl >/dev/null && [ "$3" = PKCS12 ] || return 0
  echo "reader openssl"
  for old in "" -legacy; do
    openssl pkcs12 $old -in "$1/store" -nokeys -passin stdin 2>&1 <<END || continue
$store
END
    openssl pkcs12 $old -in "$1/store" -nocerts -nodes -passin stdin 2>/dev/null <<END | openssl pkey -pubout 2>/dev/null
$store
END
    exit 0
  done
  exit 93
}
[ "$4" = keytool ] || by_openssl "$@"
[ "$4" = 'no keytool' ] || by_keytool "$@"
by_openssl "$@"
exit 94
`;

/** What the script ends with where its directory is full, or no one may write to it. */
const notPutThere = 91;

/** What the reader of a host said. Null: it has none. */
interface Read {
  by: string;
  opened: boolean;
  output: string;
}

/**
 * Has a program of the host (keytool, else openssl) read a key store that is about to replace another one. Gives what it said in a
 * sentence, also that there is no such program. A store that it cannot read, though it reads the present one, is `key-store.not-read-again`: nothing
 * was replaced. Only that and a lost connection reject.
 */
export async function readByHost(
  connection: HostConnection,
  store: StoreToRead,
  present: { bytes: Uint8Array; alias: string | null },
): Promise<string> {
  if (!typeable(store.passwords))
    return 'No other program read the new key store: its password has characters that cannot be typed to one.';
  const read = await ask(connection, store);
  if (read === 'not put there')
    return `No other program on ${connection.description} read the new key store, because it could not be put into /tmp for one. Trustkeep alone read it again.`;
  if (read === null)
    return `On ${connection.description}, neither keytool nor openssl reads such a key store, so Trustkeep alone read the new one again.`;
  const wrong = read.opened ? differs(read, store) : `it said: ${lastLines(read, store)}`;
  if (wrong === null) {
    const found = showsKey(read, store) ? 'key and certificate' : 'certificate';
    return `${read.by} on ${connection.description} read the new key store and found the new ${found}.`;
  }
  const before = await ask(connection, { ...store, ...present, alias: present.alias ?? '' });
  if (before === null || before === 'not put there' || !before.opened)
    return `${read.by} on ${connection.description} reads neither the present key store nor the new one (${wrong}), so Trustkeep alone read it again.`;
  throw new Failure(
    'key-store.not-read-again',
    `${read.by} on ${connection.description} does not read the new key store as expected: ${wrong}`,
    {
      hint: `Nothing was replaced. Check which algorithms ${read.by} of the endpoint can read${store.first === 'openssl' ? ' (--is_legacy)' : ''}.`,
    },
  );
}

async function ask(connection: HostConnection, store: StoreToRead): Promise<Read | 'not put there' | null> {
  const { bytes, passwords, alias, format, first } = store;
  const lines = [passwords.store, passwords.key ?? passwords.store].flatMap((one) => [
    one.bytes(),
    Buffer.from('\n'),
  ]);
  const stdin = Secret.take(Buffer.concat([...lines, bytes]));
  const place = `/tmp/.trustkeep-${randomBytes(12).toString('hex')}`;
  try {
    const { code, stdout } = await connection.exec({
      argv: ['sh', '-c', script, 'sh', place, alias, types[format], readerOf(store, first)],
      ...{ stdin, timeoutMs: 120_000 },
    });
    if (code === notPutThere) return 'not put there';
    const [head = '', ...rest] = stdout.toString('utf8').split('\n');
    const by = /^reader (keytool|openssl)$/.exec(head)?.[1];
    return by === undefined ? null : { by, opened: code === 0, output: rest.join('\n') };
  } finally {
    stdin.wipe();
  }
}

/** To read a key, keytool takes no password that is shorter. */
const shortest = 6;

const readerOf = ({ passwords }: StoreToRead, first: StoreToRead['first']): string =>
  passwords.store.text().length < shortest ? 'no keytool' : first;

/** A line of a console: nothing that ends it, or that depends on its character set. */
function typeable({ store, key }: StoreToRead['passwords']): boolean {
  return [store, key].every((one) => one === null || /^[\x20-\x7e]+$/.test(one.text()));
}

/** What is not as it must be, for people; null: nothing. */
function differs(read: Read, store: StoreToRead): string | null {
  if (read.by === 'openssl') {
    if (!certificatesOf(read.output).some((pem) => certificateFingerprint(pem) === store.leaf))
      return 'it did not find the new certificate.';
    const single = store.alone && store.passwords.key === null;
    return single && !showsKey(read, store) ? 'it did not find the new private key.' : null;
  }
  const found = [...read.output.matchAll(/SHA256: ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/g)].map(([, hex = '']) =>
    hex.replaceAll(':', '').toLowerCase(),
  );
  if (!isSureToArrive(store.alias))
    return found.includes(store.leaf) ? null : 'it did not find the new certificate.';
  if (found[0] !== store.leaf) return 'it did not find the new certificate under the alias.';
  return showsKey(read, store) ? null : 'it did not find the new private key under the alias.';
}

/** By the public key that was derived from it, or by what was signed with it. */
function showsKey({ output }: Read, { key }: StoreToRead): boolean {
  // a prompt may stand before it on its line
  const blocks = splitPem(output.replaceAll('-----BEGIN', '\n-----BEGIN'));
  return blocks.some(({ label, der }) => {
    if (label === 'PUBLIC KEY') return sha256Hex(der) === key;
    return label.endsWith('CERTIFICATE REQUEST') && sha256Hex(readCsr(der).spki) === key;
  });
}

/** As an argument, whatever character set the host has. */
const isSureToArrive = (alias: string): boolean => /^[ -~]+$/.test(alias);

/** What it says is wrong, without the places in its program where it noticed. */
function lastLines({ output }: Read, { passwords }: StoreToRead): string {
  const masks = [passwords.store, passwords.key].flatMap((one) => (one === null ? [] : [one.text()]));
  const error = /^.*?(keytool error: .*)$/m.exec(output)?.[1] ?? output;
  return peerTail(error.replace(/\s+/g, ' '), masks, 200);
}
