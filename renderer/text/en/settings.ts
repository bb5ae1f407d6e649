export const settings = {
  title: 'Settings',
  subtitle: 'This agent and its secrets.',
  secrets: 'Secrets',
  notifications: 'Notifications',
  notificationsText:
    'What appears on the desktop and in this window. What is switched off is still listed under Notifications.',
  intervals: 'Intervals and limits',
  undo: 'Undo changes',
  agent: 'Agent',
  version: 'Version',
  face: 'Runs as',
  faces: { desktop: 'Desktop application', headless: 'Headless service', cli: 'Command line' },
  running: 'Started',
  data: 'Data directory',
  process: 'Process ID',
  commandLine: 'Command line',
  commandLineText:
    'Everything in this window can also be done with the trustkeep command. Each form shows the command line.',
};
