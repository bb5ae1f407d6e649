const openSsh = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/;
const magic = 'openssh-key-v1\0';

/** Whether the text of a private key says that it wants a passphrase. Not a reading of the key: only worth a question. */
export function isEncryptedKey(text: string): boolean {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(text)) return true;
  if (/^PuTTY-User-Key-File-/.test(text)) return /^Encryption: (?!none\s*$)/m.test(text);
  const body = openSsh.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64');
  const none = Buffer.from('\0\0\0\x04none', 'latin1');
  return (
    bytes.toString('latin1', 0, magic.length) === magic &&
    !bytes.subarray(magic.length).subarray(0, none.length).equals(none)
  );
}
