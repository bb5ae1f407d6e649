import type { ConnectionTraits } from './definition.ts';

/**
 * Connection types that the documentation of the field names and this version has no adapter for. They may be typed and
 * are refused with a clear sentence; forms show them as not there yet. One that gets an adapter leaves this list.
 */
export const announced: readonly (ConnectionTraits & { id: string; label: string })[] = [
  { id: 'ssh_windows', label: 'SSH (Windows)', kind: 'host', system: 'windows' },
  { id: 'winrm_http', label: 'WinRM over HTTP', kind: 'host', system: 'windows' },
  { id: 'winrm_https', label: 'WinRM over HTTPS', kind: 'host', system: 'windows' },
  {
    id: 'winrm_https_insecure',
    label: 'WinRM over HTTPS, certificate not verified',
    kind: 'host',
    system: 'windows',
  },
];
