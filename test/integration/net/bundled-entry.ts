import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { pacProxy } from '../../make/proxy-config.ts';

/** Prints what the PAC file at the given address says about a destination. The entry of `bundled.test.ts`. */
const [, , pacUrl = ''] = process.argv;
const setting = pacProxy(pacUrl);
const http = makeHttp({ userAgent: 'x', clock: systemClock, log: silentLog, proxy: () => setting });
const { steps } = await http.reach({ url: 'https://vault.test/' });
await http.close();
process.stdout.write(`${steps[0]?.sentence}\n`);
