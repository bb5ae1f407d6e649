import type { CommandLine } from 'electron';

/**
 * Chromium switches with which somebody could open the packaged application up, and what each would do.
 * @internal
 */
export const dangerousSwitches: Readonly<Record<string, string>> = {
  'remote-debugging-port': 'lets any local program drive the page',
  'remote-debugging-pipe': 'lets the parent process drive the page',
  'remote-allow-origins': 'lets web pages reach the debugging port',
  'disable-web-security': 'turns the same-origin policy off',
  'allow-running-insecure-content': 'lets plain http content in',
  'disable-site-isolation-trials': 'lets origins share a process',
  'disable-features': 'can turn protections off',
  'ignore-certificate-errors': 'accepts any TLS certificate',
  'ignore-certificate-errors-spki-list': 'accepts chosen bad TLS certificates',
  'allow-insecure-localhost': 'accepts bad TLS certificates of this machine',
  'host-resolver-rules': 'sends connections elsewhere',
  'host-rules': 'sends connections elsewhere',
  'load-extension': 'runs foreign scripts in the page',
  'disable-extensions-except': 'runs foreign scripts in the page',
  'js-flags': 'changes the script engine',
  'proxy-server': 'sends connections through another machine',
  'proxy-pac-url': 'sends connections through another machine',
  'proxy-auto-detect': 'sends connections through another machine',
  'ssl-key-log-file': 'writes TLS keys to a file',
  'log-net-log': 'writes network traffic to a file',
  'renderer-cmd-prefix': 'starts the page under another program',
  'utility-cmd-prefix': 'starts services under another program',
  'gpu-launcher': 'starts the graphics process under another program',
};

type Switches = Pick<CommandLine, 'hasSwitch' | 'removeSwitch'>;

/** Removes them before Chromium reads them; gives the names that were there. Call before `ready`. */
export function stripDangerousSwitches(commandLine: Switches): string[] {
  const found = Object.keys(dangerousSwitches).filter((name) => commandLine.hasSwitch(name));
  for (const name of found) commandLine.removeSwitch(name);
  return found;
}

/** True when the page would run without the operating system's sandbox. */
export function sandboxIsOff(commandLine: Pick<CommandLine, 'hasSwitch'>): boolean {
  return commandLine.hasSwitch('no-sandbox') || commandLine.hasSwitch('disable-sandbox');
}
