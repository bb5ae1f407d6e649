export const settings = {
  title: 'Settings',
  subtitle: 'This agent and its secrets.',
  secrets: 'Secrets',
  notifications: 'Notifications',
  notificationsText:
    'What appears on the desktop and in this window. What is switched off is still listed under Notifications.',
  name: 'Name',
  intervals: 'Intervals and limits',
  undo: 'Undo changes',
  agent: 'Agent',
  version: 'Version',
  face: 'Runs as',
  faces: { desktop: 'Desktop application', headless: 'Headless service', cli: 'Command line' },
  running: 'Started',
  data: 'Data directory',
  process: 'Process ID',
  about: 'About',
  build: 'Build',
  builds: {
    signed: 'Signed',
    'not-signed':
      'Not signed: the operating system cannot confirm who made it. Compare the SHA-512 sum of the package.',
    checkout: 'Run from its sources',
  },
  license: 'License',
  ownLicense: 'Apache-2.0, without warranty',
  parts: 'Parts made by others',
  noParts: 'A package lists the parts made by others here, with their licenses.',
  noText: 'This part brings no license text.',
  commandLine: 'Command line',
  commandLineText:
    'Everything in this window can also be done with the trustkeep command. Each form shows the command line.',
};
