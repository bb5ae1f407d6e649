export const pause = {
  title: 'Automatic work is paused',
  continues: 'It continues',
  text: 'No renewal and no other task is started that no person asks for. What was running finishes.',
  resume: 'Resume',
  hour: 'Pause for 1 hour',
  tomorrow: 'Pause until tomorrow',
  renewals: 'Renewals',
  checked: 'checked',
  notChecked: 'not checked yet',
};
