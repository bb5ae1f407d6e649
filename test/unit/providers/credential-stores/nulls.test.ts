import { expect, test } from 'vitest';
import { account } from '../../../../electron/providers/credential-stores/cyberark/wire.ts';
import {
  grant,
  secret,
} from '../../../../electron/providers/credential-stores/delinea-secret-server/wire.ts';
import {
  authAnswer,
  kv2Answer,
  tokenAnswer,
} from '../../../../electron/providers/credential-stores/hashicorp/wire.ts';

/** JSON has two ways to leave a thing out; what is not needed may be left out in either. */
test.each([
  [
    'a login at a Vault',
    authAnswer,
    {
      auth: { client_token: 't', lease_duration: 0, renewable: null, token_type: null, num_uses: null },
      warnings: null,
    },
  ],
  [
    'a token',
    tokenAnswer,
    { data: { ttl: 0, creation_ttl: null, expire_time: null, num_uses: null, renewable: null, type: null } },
  ],
  [
    'a secret',
    kv2Answer,
    {
      data: {
        data: null,
        metadata: { version: 1, created_time: null, deletion_time: null, destroyed: null },
      },
    },
  ],
  ['a login at a Secret Server', grant, { access_token: 't', token_type: 'bearer', expires_in: null }],
  ['a secret there', secret, { id: 1, name: null, active: null, items: null, responseCodes: null }],
  [
    'an account of the CCP',
    account,
    { Content: 'x', UserName: null, LogonDomain: null, PasswordChangeInProcess: null },
  ],
])('null stands for what is left out of %s', (_what, shape, answer) => {
  expect(shape.safeParse(answer).success).toBe(true);
});
