export const checks = {
  ok: 'Yes',
  notOk: 'No',
  names: {
    connect: 'Connect',
    'host-key': 'Host key',
    'log-in': 'Log in',
    program: 'Program',
    configuration: 'Configuration',
    write: 'Write',
    reload: 'Reload',
    openssl: 'openssl',
    directory: 'Directory',
    account: 'Account',
    terms: 'Terms',
    root: 'Root',
    key: 'Key',
  },
};
