/**
 * The one kind of key that a list of ciphers of TLS 1.2 lets in, by the names of single ciphers as `openssl ciphers` reads them; any group
 * may hold both. Null: several, or none.
 */
export function onlyFamilyIn(ciphers: string): 'rsa' | 'ecdsa' | null {
  const families = new Set(familiesIn(ciphers));
  const [family] = families;
  return families.size === 1 && family !== undefined ? family : null;
}

function familiesIn(ciphers: string): ('rsa' | 'ecdsa')[] {
  const words = ciphers.split(/[:, ]+/).filter((word) => word !== '' && !/^[@+]/.test(word));
  const out = new Set(words.filter((word) => /^[!-]/.test(word)).map((word) => word.slice(1)));
  // RSA alone means the key exchange, without which RSA certificates still sign
  const without = { rsa: out.has('aRSA'), ecdsa: out.has('aECDSA') || out.has('ECDSA') };
  return words
    .filter((word) => !/^[!-]/.test(word))
    .flatMap((word) => familiesOfWord(word))
    .filter((family) => !without[family]);
}

function familiesOfWord(word: string): ('rsa' | 'ecdsa')[] {
  if (/ECDSA/.test(word)) return ['ecdsa'];
  if (/RSA/.test(word)) return ['rsa'];
  if (/^(AES|CAMELLIA|ARIA|DES-CBC3|SEED|NULL|RC4)[0-9]*-/.test(word)) return ['rsa'];
  if (/PSK|SRP|^ADH|^AECDH|^aNULL/.test(word)) return [];
  return ['rsa', 'ecdsa'];
}
