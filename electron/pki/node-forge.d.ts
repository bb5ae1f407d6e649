// The two parts of node-forge we use, taken one by one: its index also loads a TLS stack, RSA and a prime finder.
declare module 'node-forge/lib/rc2.js' {
  const rc2: typeof import('node-forge').rc2;
  export = rc2;
}

declare module 'node-forge/lib/util.js' {
  const util: typeof import('node-forge').util;
  export = util;
}
