import { remoteLogin } from './remote.ts';

/** How iControl REST is logged in to. A key cannot be shown there. */
export const icontrolWays = ['password', 'credential-store'] as const;
export const icontrolPort = 443;

export const icontrol = remoteLogin({ called: 'REST', usualPort: icontrolPort, ways: icontrolWays });
