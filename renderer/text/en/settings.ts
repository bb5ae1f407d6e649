export const settings = {
  title: 'Settings',
  subtitle: 'This agent and its secrets.',
  secrets: 'Secrets',
  intervals: 'Intervals and limits',
  undo: 'Undo changes',
  agent: 'Agent',
  version: 'Version',
  face: 'Runs as',
  faces: { desktop: 'Desktop application', headless: 'Service without a screen', cli: 'Command line' },
  running: 'Started',
  data: 'Data directory',
  process: 'Process id',
  commandLine: 'Command line',
  commandLineText:
    'Everything in this window can also be done with the trustkeep command; each form shows the line to type.',
};
